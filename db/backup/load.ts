import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type pg from 'pg';
import { from } from 'pg-copy-streams';

import { failure } from '../../domain/errors.ts';
import { tableFile, type BackupTable, type DatabaseName } from './manifest.ts';
import { columnList, quoted } from './session.ts';

interface ForeignKey {
  table: string;
  name: string;
  definition: string;
}

/**
 * Runs `work` without triggers, which would count and audit old rows as new ones, and without foreign keys, as tables refer to each other in
 * circles; both are put back, and every key is checked then. Only the owner of the tables can; a superuser is not needed.
 */
export async function withoutRules(client: pg.Client, tables: readonly string[], work: () => Promise<void>): Promise<void> {
  const { rows: keys } = await client.query<ForeignKey>(`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`);
  for (const { table, name } of keys) await client.query(`alter table ${table} drop constraint ${name}`);
  for (const table of tables) await client.query(`alter table ${quoted(table)} disable trigger user`);
  await work();
  for (const table of tables) await client.query(`alter table ${quoted(table)} enable trigger user`);
  for (const { table, name, definition } of keys) await client.query(`alter table ${table} add constraint ${name} ${definition}`);
}

interface Load {
  database: DatabaseName;
  dir: string;
  table: BackupTable;
}

/** Throws a failure when the file is not the one that was written. */
export async function loadTable(client: pg.Client, { database, dir, table }: Load): Promise<void> {
  const { name, columns, rows, sha256 } = table;
  const hash = createHash('sha256');
  const hashed = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const into = client.query(from(`copy ${quoted(name)} (${columnList(columns)}) from stdin`));
  try {
    await pipeline(createReadStream(tableFile(dir, database, name)), hashed, createGunzip(), into);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw failure(
      'wrong_state',
      `The table ${name} of the ${database} database cannot be restored (${code ?? message}). Nothing was changed.`,
    );
  }
  if (into.rowCount === rows && hash.digest('hex') === sha256) return;
  throw failure(
    'wrong_state',
    `The file of the table ${name} of the ${database} database is not the one that was written. Nothing was changed.`,
  );
}
