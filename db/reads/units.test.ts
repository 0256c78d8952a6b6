import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Actor, Visibility } from '../../domain/actor.ts';
import type { OperatorId, UnitId } from '../../domain/ids.ts';
import { unitState as inMemory } from '../../domain/unit.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { rowsRead } from '../../test/support/rows-read.ts';
import { unitDetail } from './unit-detail.ts';
import { listUnits, type UnitFilter } from './units.ts';
import { unitOpen, unitState } from './units-in-force.ts';

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
/** Where a filter fits no index: each unit is read a few times, however deep it lies and however many are closed. */
const passes = 50_000;

test.each<[string, UnitFilter]>([
  ['the first page', {}],
  ['the page by code', { sort: 'code' }],
  ['the children of the root', { parentId: 'root' }],
  ['the offices of a division', { parentId: 'division' }],
  ['a search', { search: 'office 04711' }],
  ['a category', { category: 'category 7' }],
  ['an attribute', { attribute: 'Code=x4711' }],
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

test('what is open is found in a few passes over the tree', async () => {
  const asked: UnitFilter = { kind: ['office'], state: ['open'] };
  expect((await listUnits(db.operations, actor(root, 'all'), asked)).items).toHaveLength(50);
  expect((await rowsRead(db.operations, () => listUnits(db.operations, actor(root, 'all'), asked))).units).toBeLessThan(passes);
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

test('closed divisions close their offices: all of them, and no others, are found by that, each unit read a few times at most', async () => {
  const knex = db.operations;
  await knex('units').where({ code: 'D2' }).update({ active: false });
  const asked: UnitFilter = { state: ['closed_above'], limit: 200 };
  const { items } = await listUnits(knex, actor(root, 'all'), asked);
  const expected = await knex('units as u')
    .join('units as p', 'p.id', 'u.parent_id')
    .where({ 'p.code': 'D2', 'u.active': true })
    .pluck('u.code');
  expect(items.map(({ code }) => code).sort()).toEqual((expected as string[]).sort());
  expect(items.every(({ state }) => state === 'closed_above')).toBe(true);
  const none = await listUnits(knex, actor(root, 'all'), { parentId: items[0]?.parentId ?? '', state: ['open'] });
  expect(none.items).toEqual([]);
  const read = await rowsRead(knex, () => listUnits(knex, actor(root, 'all'), asked));
  expect(read.units).toBeLessThan(passes);
  await knex('units').where({ code: 'D2' }).update({ active: true });
});

test('what a row says of itself in SQL is what the rule in memory says', async () => {
  const knex = db.operations;
  const day = fc.option(fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0));
  await fc.assert(
    fc.asyncProperty(fc.boolean(), day, day, async (active, opens, closes) => {
      const now = new Date();
      const inDays = (n: number | null) => (n === null ? null : new Date(now.getTime() + n * 86_400_000));
      const window = { active, opensAt: inDays(opens), closesAt: inDays(closes) };
      const { rows } = await knex.raw<{ rows: { state: string; open: boolean }[] }>(
        `select ${unitState('u')} as state, ${unitOpen('u')} as open
         from (select :active::boolean as active, :opensAt::timestamptz as opens_at, :closesAt::timestamptz as closes_at) u`,
        window,
      );
      const state = inMemory(window, now);
      expect(rows).toEqual([{ state, open: state === 'open' }]);
    }),
  );
});

test('the page of an office reads few rows', async () => {
  const office = (await db.operations('units').where({ code: 'O4711' }).first('id')) as { id: string };
  const read = await rowsRead(db.operations, () => unitDetail(db.operations, actor(root, 'all'), office.id));
  expect(Object.entries(read).filter(([, rows]) => rows > few)).toEqual([]);
});
