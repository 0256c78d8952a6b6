import type pg from 'pg';

import { failure } from '../../domain/errors.ts';
import { migrateAudit, migrateAuditTo } from '../audit/migrate.ts';
import { openDatabase } from '../database.ts';
import { migrate, migrateTo } from '../migrate.ts';
import type { Told } from './backup.ts';
import { migrationsOf, tablesOf } from './contents.ts';
import { loadTable, withoutRules } from './load.ts';
import type { BackupPart, DatabaseName } from './manifest.ts';
import { raiseNumbers } from './raise-numbers.ts';
import { openSession, quoted } from './session.ts';

interface Order {
  database: DatabaseName;
  url: string;
  dir: string;
  part: BackupPart;
  takenAt: string;
  told: Told;
}

const migrations = {
  operations: { to: migrateTo, latest: migrate },
  audit: { to: migrateAuditTo, latest: migrateAudit },
};

/**
 * Puts one database of a backup into an empty one, and brings it to the schema of this release. All rows or none. Throws a failure when the
 * database is not empty, when the backup is damaged, or of a release that this one does not know.
 */
export async function restore({ database, url, dir, part, takenAt, told }: Order): Promise<void> {
  const knex = openDatabase(url, { poolMax: 2, statementTimeoutMs: 0 });
  const client = await openSession(url).catch((error: unknown) => knex.destroy().then(() => Promise.reject(error as Error)));
  try {
    await assertEmpty(client, database, part);
    await migrations[database].to(knex, part.migrations);
    await load(client, { database, dir, part, told });
    await migrations[database].latest(knex);
    if (database === 'operations') await raiseNumbers(knex, takenAt);
    await client.query('analyze');
  } finally {
    await Promise.all([client.end(), knex.destroy()]);
  }
}

/** Tables in which a new database has a row. */
const madeByMigrations = new Set(['audit_head', 'field_sets']);

/** Empty: no table has a row but what migrations make, and no migration has run that the backup does not have. */
async function assertEmpty(client: pg.Client, database: DatabaseName, { migrations: known }: BackupPart): Promise<void> {
  const done = await migrationsOf(client);
  if (done.some((name) => !known.includes(name)))
    throw failure(
      'wrong_state',
      `The ${database} database was made ready for a later release than that of the backup. Make it anew, empty.`,
    );
  for (const { name } of (await tablesOf(client)).filter((table) => !madeByMigrations.has(table.name))) {
    const { rows } = await client.query<{ full: boolean }>(`select exists (select from ${quoted(name)}) as full`);
    if (rows[0]?.full)
      throw failure('wrong_state', `The ${database} database is not empty: its table ${name} has rows. Restore into a new database.`);
  }
}

interface Load {
  database: DatabaseName;
  dir: string;
  part: BackupPart;
  told: Told;
}

/** In one transaction, so that what fails leaves nothing. */
async function load(client: pg.Client, { database, dir, part, told }: Load): Promise<void> {
  await client.query('begin');
  const names = part.tables.map(({ name }) => name);
  await withoutRules(client, names, async () => {
    for (const name of names.filter((table) => madeByMigrations.has(table))) await client.query(`delete from ${quoted(name)}`);
    for (const [i, table] of part.tables.entries()) {
      told({ database, table: table.name, n: i + 1, of: names.length });
      await loadTable(client, { database, dir, table });
    }
  });
  for (const [name, last] of Object.entries(part.sequences).filter(([, value]) => value > 0))
    await client.query('select setval($1::regclass, $2)', [quoted(name), last]);
  await client.query('commit');
}
