import { join } from 'node:path';
import pg from 'pg';
import type { Postgres } from './postgres.ts';
import { secretOf } from './secrets.ts';

/** Our two databases, each with a role of its own that owns it, as in production. */
const DATABASES = {
  smartcms: { options: 'LOGIN', extensions: ['ltree', 'pg_trgm', 'btree_gin', 'citext'] },
  /** Its migrations make the roles that may only append and only read. */
  smartcms_audit: { options: 'LOGIN CREATEROLE', extensions: [] },
};
type Name = keyof typeof DATABASES;

/** Makes the databases and their roles unless they exist; the URL of each. */
export async function ensureDatabases(postgres: Postgres, secretsDir: string): Promise<Record<Name, string>> {
  const admin = new pg.Client(postgres.url('postgres'));
  await admin.connect();
  try {
    const urls = { smartcms: '', smartcms_audit: '' };
    for (const name of Object.keys(urls) as Name[]) urls[name] = await ensure({ admin, postgres, secretsDir }, name);
    return urls;
  } finally {
    await admin.end();
  }
}

const REACH_MS = 10_000;

/** Throws one sentence unless the database that a variable names answers. Its address stays out of it: a password may be in there. */
export async function assertReachable(variable: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: REACH_MS });
  try {
    await client.connect();
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    throw new Error(`The database of ${variable} does not answer (${code ?? name}). Start it, mend the address, or unset the variable.`);
  } finally {
    await client.end();
  }
}

interface Context {
  admin: pg.Client;
  postgres: Postgres;
  secretsDir: string;
}

async function ensure({ admin, postgres, secretsDir }: Context, name: Name): Promise<string> {
  const password = secretOf(join(secretsDir, `${name}-password`));
  const verb = (await has(admin, 'SELECT 1 FROM pg_roles WHERE rolname = $1', name)) ? 'ALTER' : 'CREATE';
  await admin.query(`${verb} ROLE ${name} ${DATABASES[name].options} PASSWORD ${pg.escapeLiteral(password)}`);
  await mayUseOwnRoles(admin, name);
  if (!(await has(admin, 'SELECT 1 FROM pg_database WHERE datname = $1', name))) await admin.query(`CREATE DATABASE ${name} OWNER ${name}`);
  await ensureExtensions(postgres, name);
  return `postgres://${name}:${password}@${postgres.host}:${postgres.port}/${name}`;
}

/** Since PostgreSQL 16 who makes a role may not by that alone act as it, nor give it what it owns. */
async function mayUseOwnRoles(admin: pg.Client, name: Name): Promise<void> {
  const since16 = await has(admin, 'SELECT 1 FROM pg_settings WHERE name = $1', 'createrole_self_grant');
  if (since16) await admin.query(`ALTER ROLE ${name} SET createrole_self_grant = 'set, inherit'`);
}

async function ensureExtensions(postgres: Postgres, name: Name): Promise<void> {
  const client = new pg.Client(postgres.url(name));
  await client.connect();
  try {
    for (const extension of DATABASES[name].extensions) await client.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
  } finally {
    await client.end();
  }
}

const has = async (admin: pg.Client, sql: string, value: string): Promise<boolean> => Boolean((await admin.query(sql, [value])).rowCount);
