import type pg from 'pg';

import type { BackupPart } from './manifest.ts';

/**
 * What is not carried over. Sessions: who signed out since would be signed in again. The migrations are in the manifest.
 */
const leftOut = ['sessions', 'knex_migrations', 'knex_migrations_lock'];
/** Transaction numbers mean nothing on another server: rows get new ones, in the order of the old. */
const ordered: Record<string, { without: string[]; by: string }> = { audit_outbox: { without: ['xid', 'id'], by: 'xid, id' } };

export const orderOf = (table: string): string => (ordered[table] ? ` order by ${ordered[table].by}` : '');

/** Tables with the columns that are written, not computed. */
export async function tablesOf(client: pg.Client): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(`
    select c.relname::text as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by c.relname order by c.relname`);
  return rows
    .filter(({ name }) => !leftOut.includes(name))
    .map(({ name, columns }) => ({ name, columns: columns.filter((column) => !ordered[name]?.without.includes(column)) }));
}

export async function migrationsOf(client: pg.Client): Promise<string[]> {
  const { rows: found } = await client.query<{ there: boolean }>(`select to_regclass('public.knex_migrations') is not null as there`);
  if (!found[0]?.there) return [];
  const { rows } = await client.query<{ name: string }>('select name from knex_migrations order by name');
  return rows.map((row) => row.name);
}

/** Sequences that belong to no column, and the last value that each gave: one that is newer than the snapshot does no harm. */
export async function sequencesOf(client: pg.Client): Promise<BackupPart['sequences']> {
  const { rows } = await client.query<{ name: string; last: string }>(`
    select c.relname::text as name, coalesce(pg_sequence_last_value(c.oid), 0)::text as last from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i'))`);
  return Object.fromEntries(rows.map(({ name, last }) => [name, Number(last)]));
}
