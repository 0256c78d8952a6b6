import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Knex } from 'knex';

import { createTestDatabase } from '../test/support/database.ts';
import type { TestDatabase } from '../test/support/database.ts';
import { auditMigrationsCurrent, migrateAudit, rollbackAudit } from './audit/migrate.ts';
import { migrate, migrationsCurrent, rollback } from './migrate.ts';

let db: TestDatabase;
beforeAll(async () => (db = await createTestDatabase()));
afterAll(() => db.drop());

/** Tables, columns, indexes, constraints, triggers and functions, without those of extensions. */
async function schemaOf(knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { line: string }[] }>(`
    select 'column ' || c.table_name || '.' || c.column_name || ' ' || c.data_type || ' ' || c.is_nullable || ' ' || coalesce(c.column_default, '') as line
      from information_schema.columns c where c.table_schema = 'public'
    union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
    union all select 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
    union all select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select 'function ' || p.proname || md5(p.prosrc) from pg_proc p where p.pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    order by 1`);
  return rows.map((row) => row.line);
}

test.each([
  { name: 'operations', up: migrate, down: rollback, current: migrationsCurrent },
  { name: 'audit', up: migrateAudit, down: rollbackAudit, current: auditMigrationsCurrent },
] as const)('the $name schema is the same after down and up, and down leaves nothing', async ({ name, up, down, current }) => {
  const knex = db[name];
  const before = await schemaOf(knex);
  expect(await current(knex)).toBe(true);
  await down(knex);
  expect(await current(knex)).toBe(false);
  expect((await schemaOf(knex)).filter((line) => !line.includes('knex_migrations'))).toEqual([]);
  await Promise.all([up(knex), up(knex)]);
  expect(await schemaOf(knex)).toEqual(before);
});
