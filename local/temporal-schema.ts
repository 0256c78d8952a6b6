import pg from 'pg';
import type { Postgres } from './postgres.ts';
import { must } from './run.ts';

export interface SchemaOptions {
  postgres: Postgres;
  /** The schema tool. */
  sql: string;
  /** The role that owns and uses Temporal's databases. */
  role: { name: string; password: string };
}

/** Temporal's two databases and the schema version that its server 1.31 wants of each. */
const DATABASES = [
  { name: 'temporal', schema: 'postgresql/v12/temporal', version: '1.19' },
  { name: 'temporal_visibility', schema: 'postgresql/v12/visibility', version: '1.14' },
];

/** Makes or updates Temporal's databases; nothing to do when they are current. */
export async function ensureTemporalSchema(options: SchemaOptions): Promise<void> {
  const admin = new pg.Client(options.postgres.url('postgres'));
  await admin.connect();
  try {
    await ensureRole(admin, options.role);
    for (const database of DATABASES) await ensureDatabase(admin, options, database);
    await forgetMembers(options.postgres);
  } finally {
    await admin.end();
  }
}

/** A server that ran before had other ports; the new one would look for it there for most of a minute. It is the only member. */
const forgetMembers = (postgres: Postgres) => query(postgres, 'temporal', 'DELETE FROM cluster_membership');

type Database = (typeof DATABASES)[number];

async function ensureDatabase(admin: pg.Client, options: SchemaOptions, { name, schema, version }: Database): Promise<void> {
  const update = (database: string) => sqlTool(options, database, ['update-schema', '--schema-name', schema]);
  if (!(await exists(admin, name))) return createDatabase(admin, options, { name, fill: update });
  if ((await versionOf(options.postgres, name)) !== version) await update(name);
}

/** Made under another name and renamed when whole: a crash in between leaves a draft, which the next start drops. */
async function createDatabase(
  admin: pg.Client,
  options: SchemaOptions,
  { name, fill }: { name: string; fill: (db: string) => Promise<unknown> },
) {
  const draft = `${name}_draft`;
  await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${draft} OWNER ${options.role.name}`);
  await sqlTool(options, draft, ['setup-schema', '-v', '0.0']);
  await fill(draft);
  // The server looks its version up by the name of the database.
  await query(options.postgres, draft, `UPDATE schema_version SET db_name = '${name}'`);
  await admin.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
}

function sqlTool({ postgres, sql, role }: SchemaOptions, database: string, args: string[]): Promise<string> {
  const connection = ['--plugin', 'postgres12', '--ep', postgres.host, '-p', String(postgres.port), '-u', role.name, '--db', database];
  return must(sql, [...connection, ...args], { env: { ...process.env, SQL_PASSWORD: role.password } });
}

async function ensureRole(admin: pg.Client, { name, password }: SchemaOptions['role']): Promise<void> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  await admin.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
}

const exists = async (admin: pg.Client, name: string): Promise<boolean> =>
  Boolean((await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount);

async function versionOf(postgres: Postgres, database: string): Promise<string | undefined> {
  const rows = await query(postgres, database, 'SELECT curr_version FROM schema_version');
  return rows[0]?.curr_version as string | undefined;
}

async function query(postgres: Postgres, database: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(postgres.url(database));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
