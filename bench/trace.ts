import type { Knex } from 'knex';
import pg from 'pg';

/** A change of a row as the product made it. */
interface Change {
  xid: string;
  table: string;
  operation: 'insert' | 'update' | 'delete';
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Changes of the product's rows, transaction by transaction. */
export type Trace = Change[][];

/** Keeps every change that the audit triggers see, until `read`. */
export async function recordChanges(knex: Knex): Promise<{ read(): Promise<Trace> }> {
  await knex.raw(`
    create table bench_trace as table audit_outbox with no data;
    create function bench_trace() returns trigger language plpgsql as $$ begin insert into bench_trace select new.*; return null; end $$;
    create trigger bench_trace after insert on audit_outbox for each row execute function bench_trace();
  `);
  return {
    async read() {
      await knex.raw('drop trigger bench_trace on audit_outbox; drop function bench_trace()');
      const { rows } = await knex.raw<{ rows: Change[] }>(
        `select xid::text, object_type as table, operation, before, after from bench_trace where operation <> 'event' order by id`,
      );
      await knex.raw('drop table bench_trace');
      return [...Map.groupBy(rows, (change) => change.xid).values()];
    },
  };
}

export interface Replay {
  /** Process id of PostgreSQL's backend. */
  backend: number;
  /** The rows as they were before the trace. */
  reset(): Promise<void>;
  run(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The SQL effects of a trace and nothing else, on tables of the same columns and indexes without constraints to others and without triggers:
 * one prepared statement a row, its event with it in the same statement, and the same commits. Secret columns are their digests.
 */
export async function rawReplay(url: string, trace: Trace): Promise<Replay> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench-raw' });
  await client.connect();
  const names = [...new Set(trace.flat().map((change) => change.table))];
  await client.query(
    'create schema raw; create table raw.events (at timestamptz default clock_timestamp(), object text, before jsonb, after jsonb)',
  );
  const keys = new Map<string, string[]>();
  for (const name of names) {
    await client.query(`create table raw.${name} (like public.${name} including defaults including indexes)`);
    keys.set(name, await keyOf(client, name));
    // Search texts are in no image of a row.
    await client.query(
      `alter table raw.${name} add column if not exists search text; alter table raw.${name} alter column search drop not null`,
    );
  }
  const earlier = rowsBefore(trace.flat(), keys);
  const plans = trace.map((changes) => changes.map((change) => statementOf(change, keys.get(change.table) ?? [])));
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    backend: rows[0]?.pid ?? 0,
    async reset() {
      await client.query(`truncate raw.events, ${names.map((name) => `raw.${name}`).join(', ')}`);
      for (const { table, before } of earlier)
        await client.query(`insert into raw.${table} select * from jsonb_populate_record(null::raw.${table}, $1)`, [
          JSON.stringify(before),
        ]);
    },
    async run() {
      for (const statements of plans) {
        if (statements.length > 1) await client.query('begin');
        for (const statement of statements) await client.query(statement);
        if (statements.length > 1) await client.query('commit');
      }
    },
    close: () => client.end(),
  };
}

async function keyOf(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
     where i.indrelid = ('public.' || $1)::regclass and i.indisprimary`,
    [table],
  );
  return rows.map((row) => row.name);
}

/** The first change of each row that was there before: what must be there again. */
function rowsBefore(changes: readonly Change[], keys: ReadonlyMap<string, string[]>): Change[] {
  const seen = new Set<string>();
  return changes.filter(({ table, before, after }) => {
    const id = `${table}/${(keys.get(table) ?? []).map((column) => (after ?? before)?.[column]).join('/')}`;
    const isFirst = !seen.has(id);
    seen.add(id);
    return isFirst && before !== null;
  });
}

const event = `insert into raw.events (object, before, after) values ($1, $2, $3)`;

function statementOf({ table, operation, before, after }: Change, key: string[]): pg.QueryConfig {
  const values = [table, before && JSON.stringify(before), after && JSON.stringify(after)];
  const same = key.map((column) => `t.${column} = n.${column}`).join(' and ');
  const row = (parameter: string) => `jsonb_populate_record(null::raw.${table}, ${parameter})`;
  const changed = Object.keys(after ?? {}).filter((column) => JSON.stringify(before?.[column]) !== JSON.stringify(after?.[column]));
  const sets = changed.map((column) => `${column} = n.${column}`).join(', ');
  const text = {
    insert: `with r as (insert into raw.${table} select * from ${row('$3')}) ${event}`,
    update: `with r as (update raw.${table} t set ${sets} from ${row('$3')} n where ${same}) ${event}`,
    delete: `with r as (delete from raw.${table} t using ${row('$2')} n where ${same}) ${event}`,
  }[operation];
  return { name: `${operation} ${table} ${changed.join()}`.slice(0, 60) + String(changed.length), text, values };
}
