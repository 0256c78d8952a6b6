import type { Knex } from 'knex';

import { until } from '../system/until.ts';

/** Changes by table and operation, as `table:operation`. */
export type Changes = Readonly<Record<string, number>>;

/**
 * Counts every change of an audited table by itself, in the transaction of the change, so that a rollback takes both. Independent of the
 * audit's own triggers; asks only them which tables are audited.
 */
export async function placeWitness(knex: Knex): Promise<void> {
  await knex.raw(`
    create table storm_changes (name text not null, operation text not null);
    create function storm_witness() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and to_jsonb(old) - 'search' = to_jsonb(new) - 'search' then return null; end if;
      if tg_op = 'UPDATE' and tg_table_name = 'sessions' then return null; end if;
      insert into storm_changes values (tg_table_name, lower(tg_op));
      return null;
    end $$;
    do $$ declare name text; begin
      for name in select tgrelid::regclass::text from pg_trigger where tgname = 'audit_insert' loop
        execute format('create trigger storm_witness after insert or update or delete on %I for each row execute function storm_witness()', name);
      end loop;
    end $$;
  `);
}

export const witnessed = async (knex: Knex): Promise<Changes> =>
  byName((await knex('storm_changes').select('name', 'operation').count('* as n').groupBy('name', 'operation')) as Counted[]);

/** What the audit trail says happened to rows, once everything has been relayed. */
export async function audited(operations: Knex, audit: Knex): Promise<Changes> {
  await until('an empty audit outbox', async () => (await operations('audit_outbox').first()) === undefined, 60_000);
  return byName(
    (await audit('audit_events')
      .whereNot('operation', 'event')
      .select('objectType as name', 'operation')
      .count('* as n')
      .groupBy('objectType', 'operation')) as Counted[],
  );
}

interface Counted {
  name: string;
  operation: string;
  n: number;
}

const byName = (rows: readonly Counted[]): Changes =>
  Object.fromEntries(rows.map((row) => [`${row.name}:${row.operation}`, Number(row.n)]));
