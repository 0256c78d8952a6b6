import { afterAll, beforeAll, expect, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { openDatabase } from './database.ts';
import { loadActor } from './reads/actor.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('who calls is asked with a statement that stays prepared, also while a migration adds a column', async () => {
  const knex = openDatabase(db.operationsUrl, { poolMax: 1 });
  const ask = () => loadActor(knex, Buffer.from('no such session'));
  try {
    for (let n = 0; n < 7; n++) expect(await ask()).toBeUndefined();
    const { rows } = await knex.raw<{ rows: { generic_plans: number }[] }>(
      `select generic_plans::int from pg_prepared_statements where name = 'session'`,
    );
    expect(rows[0]?.generic_plans).toBeGreaterThan(0);
    await db.operations.raw('alter table sessions add column one_more text; alter table operators add column one_more text');
    expect(await ask()).toBeUndefined();
  } finally {
    await knex.destroy();
  }
});
