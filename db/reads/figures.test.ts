import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { sees, visibilities, type Actor, type Assignment } from '../../domain/actor.ts';
import type { OperatorId, UnitId } from '../../domain/ids.ts';
import { foldCounters } from './counters.ts';
import { busiestUnits, visibleFigures } from './figures.ts';

let db: TestDatabase;
const units = new Map<string, string>();
const officer = randomUUID() as OperatorId;
const profileId = randomUUID();
const states = ['draft', 'approved', 'closed'];

const labelOf = (id: string) => id.replaceAll('-', '');

beforeAll(async () => {
  db = await createTestDatabase();
  const knex = db.operations;
  const add = async (parent: string | null, kind: string) => {
    const id = randomUUID();
    const path = parent === null ? labelOf(id) : `${units.get(parent) ?? ''}.${labelOf(id)}`;
    await knex('units').insert({ id, parentId: parent, kind, code: id.slice(0, 8), name: kind, path });
    units.set(id, path);
    return id;
  };
  const root = await add(null, 'organization');
  for (const division of [await add(root, 'division'), await add(root, 'division')])
    for (let i = 0; i < 3; i++) await add(division, 'office');
  await knex('operators').insert({ id: officer, givenName: 'Anna', familyName: 'Neri', email: 'a@example.it' });
  await knex('device_profiles').insert({ id: profileId, code: 'staff', revision: 1, nameEn: 'S', nameIt: 'S', definition: {} });
});
afterAll(() => db.drop());

const holder = { givenName: 'A', familyName: 'B', birthDate: '1980-01-01', birthPlace: 'Roma', email: 'a@b.it' };
let made = 0;

async function request(knex: Knex, unitId: string, state: string, daysAgo: number | null): Promise<void> {
  const [id, holderId] = [randomUUID(), randomUUID()];
  made += 1;
  await knex('holders').insert({ id: holderId, unitId, ...holder, taxCode: `T${made}`, document: '{}', registeredBy: officer });
  await knex('requests').insert({
    ...{ id, number: `2026-${made}`, holderId, unitId, unitPath: units.get(unitId), profileId, model: 'desk', state },
    ...{ registeredBy: officer, data: '{}' },
    producedAt: daysAgo === null ? null : knex.raw(`now() - make_interval(days => ?)`, [daysAgo]),
  });
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('insert' as const), unit: fc.nat(8), state: fc.nat(2), daysAgo: fc.option(fc.nat(40)) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), state: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fold' as const) }) },
);
const assigned = fc.array(fc.record({ unit: fc.nat(8), visibility: fc.constantFrom(...visibilities) }), { minLength: 1, maxLength: 3 });

test('figures are what counting the rows would give, for any assignments, folded or not', async () => {
  const knex = db.operations;
  const ids = [...units.keys()];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), assigned, async (steps, choice) => {
      for (const s of steps) {
        if (s.do === 'insert') await request(knex, ids[s.unit] as string, states[s.state] as string, s.daysAgo);
        else if (s.do === 'fold') await foldCounters(knex);
        else
          await knex.raw(`update requests set state = ? where id = (select id from requests order by random() limit 1)`, [
            states[s.state] ?? 'draft',
          ]);
      }
      const actor = actorWith(choice.map(({ unit, visibility }) => ({ unitId: ids[unit] as string, visibility })));
      expect(byName(await visibleFigures(knex, actor))).toEqual(await recount(knex, actor));
      await foldCounters(knex);
      expect(byName(await visibleFigures(knex, actor))).toEqual(await recount(knex, actor));
      expect(await busiestUnits(knex, actor, 20)).toEqual(await issuedByUnit(knex, actor));
    }),
    { numRuns: 40 },
  );
}, 60_000);

function actorWith(assignments: { unitId: string; visibility: Assignment['visibility'] }[]): Actor {
  return {
    ...{ kind: 'operator', id: officer, name: 'x', via: 'session', sessionId: 's' },
    assignments: assignments.map(({ unitId, visibility }) => ({
      ...{ id: randomUUID(), role: 'DO', unitId: unitId as UnitId, unitPath: units.get(unitId) ?? '', visibility },
      permissions: ['home.read'],
    })),
  };
}

const byName = (figures: { name: string; day: string | null; value: number }[]) =>
  Object.fromEntries(figures.filter((f) => f.value !== 0).map((f) => [`${f.name} ${f.day ?? ''}`, f.value]));

/** The whole office counts also for who sees only own registrations there. */
const shown = (actor: Actor, unitPath: string): boolean =>
  actor.kind === 'operator' &&
  sees(
    { ...actor, assignments: actor.assignments.map((a) => (a.visibility === 'own' ? { ...a, visibility: 'office' } : a)) },
    'home.read',
    { unitPath, registeredBy: null },
  );

interface Counted {
  unitPath: string;
  unitId: string;
  state: string;
  day: string | null;
}

async function seenRows(knex: Knex, actor: Actor): Promise<Counted[]> {
  const rows = (await knex('requests').select('unit_path', 'unit_id', 'state', {
    day: knex.raw(`case when produced_at at time zone 'UTC' > current_date - 29 then (produced_at at time zone 'UTC')::date::text end`),
  })) as Counted[];
  return rows.filter((row) => shown(actor, row.unitPath));
}

async function recount(knex: Knex, actor: Actor): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = (key: string) => (counts[key] = (counts[key] ?? 0) + 1);
  for (const { state, day } of await seenRows(knex, actor)) {
    count(`requests:${state} `);
    if (day !== null) count(`issued:desk ${day}`);
  }
  return counts;
}

async function issuedByUnit(knex: Knex, actor: Actor) {
  const values = new Map<string, number>();
  for (const { unitId, day } of await seenRows(knex, actor)) if (day !== null) values.set(unitId, (values.get(unitId) ?? 0) + 1);
  const names = new Map(((await knex('units').select('id', 'name')) as { id: string; name: string }[]).map((u) => [u.id, u.name]));
  return [...values]
    .map(([unitId, value]) => ({ unitId, name: names.get(unitId), value }))
    .sort((a, b) => b.value - a.value || (a.unitId < b.unitId ? -1 : 1));
}
