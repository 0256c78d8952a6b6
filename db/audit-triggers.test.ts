import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { auditTriggers } from './audit-triggers.ts';

let db: TestDatabase;
let knex: Knex;

/** Two tables alike: one audited by the trigger of each row that the first release had, one by those of each statement. */
beforeAll(async () => {
  db = await createTestDatabase();
  knex = db.operations;
  for (const table of ['by_row', 'by_statement'])
    // names that the code of the triggers might use itself
    await knex.raw(`create table ${table} (n int default 1, o int, r int, who text, actor text, a int not null, b text not null, name citext, note jsonb, amount numeric, pin bytea, token text,
      at timestamptz, search text generated always as (coalesce(token, '')) stored, primary key (a, b))`);
  await knex.raw(
    `create trigger audit after insert or update or delete on by_row for each row execute function audit_row('a,b', 'pin', 'token')`,
  );
  await knex.raw(auditTriggers({ table: 'by_statement', key: ['a', 'b'], digest: ['pin', 'token'] }));
});
afterAll(() => db.drop());

const maybe = (sql: fc.Arbitrary<string>) => fc.oneof(fc.constant('null'), sql);
const values = {
  name: maybe(fc.constantFrom(`'Anna'`, `'anna'`, `'it''s'`)),
  note: maybe(fc.constantFrom(`'{"a":1}'`, `'{"a":1.0}'`, `'null'`, `'[]'`)),
  amount: maybe(fc.constantFrom('1', '1.00', '2')),
  pin: maybe(fc.constantFrom(`'\\x'::bytea`, `'\\x00ff'::bytea`, `'\\x1234'::bytea`)),
  token: maybe(fc.constantFrom(`''`, `'secret'`, `'\\x00ff'`, `'\\x0'`)),
  at: maybe(fc.constantFrom(`'2026-01-01T00:00:00Z'`, `'2026-06-01T12:00:00.000001Z'`)),
};
const columns = Object.keys(values) as (keyof typeof values)[];
const key = fc.integer({ min: 0, max: 6 });
const where = fc.oneof(
  key.map((k) => `a = ${k}`),
  key.map((k) => `a >= ${k}`),
  fc.constant('false'),
);
const row = fc.tuple(key, ...columns.map((column) => values[column]));
const rows = fc
  .uniqueArray(row, { selector: ([a]) => a, minLength: 1, maxLength: 7 })
  .map((all) => all.map(([a, ...rest]) => `(${a}, 'k''${a}', ${rest.join(', ')})`).join(', '));
const into = (table: string) => `insert into ${table} (a, b, ${columns.join(', ')})`;
const sets = fc
  .subarray(columns, { minLength: 1 })
  .chain((some) =>
    fc.tuple(
      ...some.map((c) =>
        fc.oneof(
          fc.constant(`${c} = ${c}`),
          values[c].map((v) => `${c} = ${v}`),
        ),
      ),
    ),
  )
  .map((all) => all.join(', '));
const statement: fc.Arbitrary<(table: string) => string> = fc.oneof(
  rows.map((all) => (table: string) => `${into(table)} values ${all} on conflict do nothing`),
  fc.tuple(rows, fc.constantFrom(...columns)).map(
    ([all, column]) =>
      (table: string) =>
        `${into(table)} values ${all} on conflict (a, b) do update set ${column} = excluded.${column}`,
  ),
  fc.tuple(sets, where).map(
    ([set, some]) =>
      (table: string) =>
        `update ${table} set ${set} where ${some}`,
  ),
  where.map((some) => (table: string) => `delete from ${table} where ${some}`),
);
const actor = fc.constantFrom('', '{"kind":"operator","id":"7"}');

/** Takes the events of a table out of the outbox, without what each has of its own. */
async function events(trx: Knex, table: string) {
  const { rows: found } = await trx.raw<{ rows: object[] }>(
    `delete from audit_outbox where object_type = ?
     returning actor_kind, actor_id, object_id, operation, before, after, detail, xid = pg_current_xact_id() as here`,
    [table],
  );
  return found.map((event) => JSON.stringify(event)).sort();
}

test('whatever statements change, the triggers of statements record the events that the trigger of rows records', async () => {
  let recorded = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(actor, statement), { minLength: 1, maxLength: 12 }), async (statements) => {
      const trx = await knex.transaction();
      try {
        for (const [who, sql] of statements) {
          await trx.raw(`select set_config('smartcms.actor', ?, true)`, [who]);
          for (const table of ['by_row', 'by_statement']) await trx.raw(sql(table).replaceAll('?', '\\?'));
          const expected = await events(trx, 'by_row');
          expect(await events(trx, 'by_statement')).toEqual(expected);
          recorded += expected.length;
        }
      } finally {
        await trx.rollback();
      }
    }),
    { numRuns: 150 },
  );
  expect(recorded).toBeGreaterThan(500);
});

test('statements of one transaction are recorded in their order', async () => {
  await knex.raw(`
    insert into by_statement (a, b) values (100, 'x'), (101, 'x');
    update by_statement set name = 'Anna' where a >= 100;
    delete from by_statement where a >= 100;
  `);
  const found = await knex('audit_outbox').where({ objectType: 'by_statement' }).orderBy(['xid', 'id']).pluck<string[]>('operation');
  expect(found).toEqual(['insert', 'insert', 'update', 'update', 'delete', 'delete']);
});

test('a change of keys is refused, also one that swaps them', async () => {
  await knex.raw(`insert into by_statement (a, b) values (200, 'x'), (201, 'x')`);
  for (const set of [`a = 300 where a = 200`, `b = 'y' where a = 200`, `a = 401 - a where a in (200, 201)`])
    await expect(knex.raw(`update by_statement set ${set}`)).rejects.toThrow('never changes');
});

test('an update of many rows after one of a single row is recorded whole, and soon', async () => {
  const count = 20_000;
  const trx = await knex.transaction();
  try {
    await trx.raw(`insert into by_statement (a, b) select n, 'many' from generate_series(1, ?::int) n`, [count]);
    for (const some of ['a = 1', 'true']) await trx.raw(`update by_statement set name = ? where b = 'many' and ${some}`, [some]);
    const updates = trx('audit_outbox').where({ objectType: 'by_statement', operation: 'update' });
    expect(await updates.whereRaw(`after ->> 'b' = 'many'`).count('* as n')).toEqual([{ n: count + 1 }]);
  } finally {
    await trx.rollback();
  }
});

test('every table with audit triggers has them for each change, and refuses to be emptied unseen', async () => {
  const { rows: found } = await knex.raw<{ rows: { name: string; triggers: string[] }[] }>(`
    select tgrelid::regclass::text as name, array_agg(tgname::text order by tgname) as triggers from pg_trigger
    where tgname in ('audit', 'audit_insert', 'audit_update', 'audit_delete', 'no_truncate', 'key_stays')
      and tgrelid::regclass::text not in ('by_row', 'by_statement') group by 1`);
  const all = ['audit_delete', 'audit_insert', 'audit_update', 'key_stays', 'no_truncate'];
  expect(found.length).toBeGreaterThan(20);
  for (const { name, triggers } of found)
    expect({ name, triggers }).toEqual({ name, triggers: name === 'sessions' ? all.slice(0, 2) : all });
});
