import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Actor, Visibility } from '../../domain/actor.ts';
import type { OperatorId, UnitId } from '../../domain/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { rowsRead } from '../../test/support/rows-read.ts';
import { unitDetail } from './unit-detail.ts';
import { listUnits, type UnitFilter } from './units.ts';

/** Ten thousand units: a root, 100 divisions, and 99 offices in each; five operators in each office. */
let db: TestDatabase;
let root: { id: string; path: string };
let division: { id: string; path: string };
beforeAll(async () => {
  db = await createTestDatabase();
  const knex = db.operations;
  await knex.raw(`
    create function pg_temp.uid(n int) returns uuid language sql as $$ select lpad(to_hex(n), 32, '0')::uuid $$;
    create function pg_temp.label(n int) returns text language sql as $$ select lpad(to_hex(n), 32, '0') $$;
    insert into units (id, kind, code, name, path) values (pg_temp.uid(0), 'organization', 'R', 'Root', pg_temp.label(0)::ltree);
    insert into units (id, parent_id, kind, code, name, path)
      select pg_temp.uid(d), pg_temp.uid(0), 'division', 'D' || d, 'Division ' || d, (pg_temp.label(0) || '.' || pg_temp.label(d))::ltree
      from generate_series(1, 100) d;
    insert into units (id, parent_id, kind, code, name, path, category, attributes, active)
      select pg_temp.uid(1000 + o), pg_temp.uid(1 + o % 100), 'office', 'O' || o, 'Office ' || lpad(o::text, 5, '0'),
        (pg_temp.label(0) || '.' || pg_temp.label(1 + o % 100) || '.' || pg_temp.label(1000 + o))::ltree,
        'category ' || o % 50, jsonb_build_array(jsonb_build_object('name', 'Code', 'value', 'x' || o)), o % 500 <> 7
      from generate_series(1, 9899) o;
    insert into operators (id, given_name, family_name, email)
      select pg_temp.uid(100000 + n), 'Given', 'Family', 'o' || n || '@example.it' from generate_series(1, 49495) n;
    insert into roles (code, name_en, name_it, permissions) values ('RO', 'RO', 'RO', '{}');
    insert into assignments (id, operator_id, role, unit_id, visibility)
      select pg_temp.uid(200000 + n), pg_temp.uid(100000 + n), 'RO', pg_temp.uid(1001 + n % 9899), 'office' from generate_series(1, 49495) n;
    insert into unit_totals (unit_id, name, value) select id, 'requests:' || s, 3 from units, unnest('{draft,approved,closed,expired}'::text[]) s;
    insert into counters (unit_id, name, value) select id, 'requests:' || s, 3 from units, unnest('{draft,approved,closed,expired}'::text[]) s;
    analyze;`);
  [root, division] = (await knex('units').whereIn('code', ['R', 'D1']).orderByRaw('nlevel(path)').select('id', 'path')) as [
    typeof root,
    typeof root,
  ];
}, 60_000);
afterAll(() => db.drop());

const actor = (unit: { id: string; path: string }, visibility: Visibility): Actor => ({
  ...{ kind: 'operator', id: root.id as OperatorId, name: 'x', via: 'session', sessionId: 's' },
  assignments: [
    { id: 'a', role: 'SA', unitId: unit.id as UnitId, unitPath: unit.path, visibility, permissions: ['unit.read', 'unit.manage'] },
  ],
});

/** A page shows 50: what is read grows with the page, not with the tree. */
const few = 1_500;

test.each<[string, UnitFilter]>([
  ['the first page', {}],
  ['the page by code', { sort: 'code' }],
  ['the children of the root', { parentId: 'root' }],
  ['the offices of a division', { parentId: 'division' }],
  ['a search', { search: 'office 04711' }],
  ['a category', { category: 'category 7' }],
  ['an attribute', { attribute: 'Code=x4711' }],
  ['offices that are open', { kind: ['office'], state: ['open'] }],
])('with 10,000 units, %s reads few rows', async (_, filter) => {
  const parentId = { root: root.id, division: division.id }[filter.parentId ?? ''];
  const asked = { ...filter, ...(parentId && { parentId }) };
  expect((await listUnits(db.operations, actor(root, 'all'), asked)).items.length).toBeGreaterThan(0);
  const read = await rowsRead(db.operations, () => listUnits(db.operations, actor(root, 'all'), asked));
  expect(Object.entries(read).filter(([, rows]) => rows > few)).toEqual([]);
});

test('a division of a hundred sees its part without reading the others', async () => {
  const { items } = await listUnits(db.operations, actor(division, 'subtree'));
  expect(items).toHaveLength(50);
  const read = await rowsRead(db.operations, () => listUnits(db.operations, actor(division, 'subtree')));
  expect(read.units).toBeLessThan(few);
});

test('the pages of all closed units are each once', async () => {
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Awaited<ReturnType<typeof listUnits>> = await listUnits(db.operations, actor(root, 'all'), {
      ...{ state: ['closed'], limit: 7 },
      ...(cursor && { cursor }),
    });
    seen.push(...page.items.map(({ code }) => code));
    cursor = page.next;
  }
  expect(seen).toEqual((await db.operations('units').where({ active: false }).orderBy('name').pluck('code')) as string[]);
});

test('the page of an office reads few rows', async () => {
  const office = (await db.operations('units').where({ code: 'O4711' }).first('id')) as { id: string };
  const read = await rowsRead(db.operations, () => unitDetail(db.operations, actor(root, 'all'), office.id));
  expect(Object.entries(read).filter(([, rows]) => rows > few)).toEqual([]);
});
