import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';

import pg from 'pg';

import { canaryFile, installationSecrets, plantedIn } from './canaries.ts';
import { needles } from '../support/needles.ts';

/** A running system, or one that has ended when only its files are searched. */
interface System {
  dir: string;
  env: NodeJS.ProcessEnv;
}

/** A kind of value in a place: a file below the directory of the stack, or `database schema.table`. */
export interface Finding {
  kind: string;
  place: string;
}

/** What is looked for: its kind by value. */
export type Wanted = Map<string, string>;

/**
 * Everything that tests planted and the secrets of the installation. The data keys are in here as the HSM opens them; wrapping keys never
 * leave it (CKA_EXTRACTABLE is false). Not in here: photos, which the product does not have, and the first PINs of cards: six digits are
 * found everywhere by chance, and they take the way of the PUK, which is planted.
 */
export async function wanted({ dir, env }: System): Promise<Wanted> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'open-data-keys.ts')], { env });
  const dataKeys = (JSON.parse(stdout) as string[]).flatMap((hex) => [hex, ...inBase64(hex)]);
  return new Map([
    ...dataKeys.map((value) => [value, 'data key'] as const),
    ...plantedIn(dir).map(({ kind, value }) => [value, kind] as const),
    ...installationSecrets(dir).map(({ name, value }) => [value, name] as const),
  ]);
}

const inBase64 = (hex: string) =>
  (['base64', 'base64url'] as const).map((form) => Buffer.from(hex, 'hex').toString(form).replace(/=+$/, ''));

/** Every row of every table of every database, Temporal's too. */
export async function inDatabases({ dir, env }: System, values: Wanted): Promise<Finding[]> {
  const url = new URL(env.DATABASE_URL ?? '');
  url.username = 'postgres';
  url.password = readFileSync(join(dir, 'secrets/postgres-password'), 'utf8').trim();
  const found: Finding[] = [];
  const look = needles(values.keys());
  for (const database of await names(url, 'postgres', `select datname as name from pg_database where datallowconn and not datistemplate`)) {
    const tables = `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
    for (const table of await names(url, database, tables)) {
      const rows = await names(url, database, `select t::text as name from ${table} t`);
      for (const value of look.in(Buffer.from(rows.join('\n'))))
        found.push({ kind: values.get(value) ?? '', place: `${database} ${table}` });
    }
  }
  return found;
}

async function names(url: URL, database: string, sql: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: `/${database}` }).href });
  await client.connect();
  try {
    return (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** Every file of the stack but PostgreSQL's data: their tables are searched instead. */
export function inFiles(dir: string, values: Wanted): Finding[] {
  const look = needles(values.keys());
  const found: Finding[] = [];
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const place = relative(dir, join(entry.parentPath, entry.name));
    if (!entry.isFile() || place === canaryFile || place.startsWith(`postgres${sep}`)) continue;
    for (const value of look.in(readFileSync(join(dir, place)))) found.push({ kind: values.get(value) ?? '', place });
  }
  return found;
}

/** Data of a person: in their columns, in the answers kept for a call sent again (Idempotency-Key), on their way to the audit trail, in it. */
const records = 'smartcms public\\.(holders|requests|amendments|idempotency_keys|audit_outbox)|smartcms_audit public\\.audit_events';
/** A certificate names its holder: so do the rows that keep it, and the card. */
const certified = `${records}|smartcms public\\.(certificates|ca_ledger)|cards/cards/.+\\.object`;

/** Where values may be. A secret of the installation: in its file. A PIN, a PUK, a password, a session and a data key: nowhere. */
const homes: Record<string, RegExp> = {
  'tax code': new RegExp(`^(${certified})$`),
  // The holder signs in with it.
  'e-mail address': new RegExp(`^(${certified}|smartcms public\\.accounts|mail/.+)$`),
  'document number': new RegExp(`^(${records})$`),
  'activation code': /^mail\//,
  'reset link': /^mail\//,
  'temporal-password': /^(secrets\/temporal-password|temporal\/server\.yaml)$/,
};

/** What is where it may not be: a line for each kind and place. */
export const leaksIn = (findings: Finding[]): string[] => [
  ...new Set(
    findings
      .filter(({ kind, place }) => !(homes[kind]?.test(place) ?? place === `secrets/${kind}`))
      .map(({ kind, place }) => `${kind} in ${place}`),
  ),
];
