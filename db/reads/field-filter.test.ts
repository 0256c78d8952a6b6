import type { Knex } from 'knex';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { seedApiOrganisation } from '../../test/support/api-organisation.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { FieldChoice } from './field-filter.ts';
import { withFields } from './field-filter.ts';

let db: TestDatabase;
/** A million rows answer in 2 to 5 ms (docs/PERFORMANCE.md); that the plan is theirs is seen with fewer. */
const ROWS = 20_000;

beforeAll(async () => {
  db = await createTestDatabase();
  const { holderId, office, profileId, operators } = await seedApiOrganisation(db.operations);
  await db.operations.transaction(async (trx) => {
    // without the triggers, which have nothing to do with plans
    await trx.raw('set local session_replication_role = replica');
    await trx.raw(
      `insert into requests (id, number, holder_id, unit_id, unit_path, profile_id, model, state, registered_by, data, extra, created_at)
       select gen_random_uuid(), 'T-' || g, :holderId, :office, (select path from units where id = :office), :profileId, 'desk', 'draft', :by,
         jsonb_build_object('extra', jsonb_build_object('department', (array['IT', 'HR', 'OPS'])[1 + g % 3], 'plate', 'P' || g)),
         jsonb_build_object('team', 'Team ' || g % 500), now() - g * interval '1 minute'
       from generate_series(1, ${ROWS}) g`,
      { holderId, office, profileId, by: operators.RO },
    );
  });
  await db.operations.raw('analyze requests');
});
afterAll(() => db.drop());

const newest = (...choices: FieldChoice[]): Knex.QueryBuilder =>
  withFields(db.operations('requests'), 'requests', choices)
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(51)
    .select('number');

async function planOf(query: Knex.QueryBuilder): Promise<string> {
  const { sql, bindings } = query.toSQL().toNative();
  const client = new pg.Client({ connectionString: db.operationsUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(`explain ${sql}`, [...bindings]);
    return rows.map((row) => Object.values(row)[0]).join('\n');
  } finally {
    await client.end();
  }
}

test.each<[string, FieldChoice]>([
  ['of the person', { code: 'plate', value: 'p77' }],
  ['of the request', { code: 'team', value: 'team 7' }],
  ['that nobody has', { code: 'department', value: 'none' }],
])('a rare value %s is found by the index', async (_, choice) => {
  expect(await planOf(newest(choice))).toContain('requests_fields');
});

test('a common value is found on the walk along the list: no sort of all that have it', async () => {
  const plan = await planOf(newest({ code: 'department', value: 'hr' }));
  expect(plan).toContain('requests_created');
  expect(plan).not.toContain('requests_fields');
});

test('rows have all the values, whatever their case', async () => {
  const found = (await newest({ code: 'department', value: 'hr' }, { code: 'team', value: 'TEAM 7' })) as { number: string }[];
  expect(found.map((r) => r.number).slice(0, 3)).toEqual(['T-7', 'T-1507', 'T-3007']);
});
