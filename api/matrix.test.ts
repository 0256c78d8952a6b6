import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { callers } from '../test/authorisation/callers.ts';
import { cases } from '../test/authorisation/cases.ts';
import { ask, everyOperation, passes, walk } from '../test/authorisation/walk.ts';
import { buildWorld, type World } from '../test/authorisation/world.ts';
import { operator } from '../test/support/api-organisation.ts';
import { statusOf } from './openapi.ts';
import { operations } from './routes/index.ts';

/**
 * Who may do what, where: every operation × role × visibility × session or API key, about things that the caller registered or somebody else, in the
 * caller's unit, above, below, beside and elsewhere. What must come out stands in test/authorisation/callers.ts, independent of the code.
 */
let world: World;
let cells = 0;
const forbidden: string[] = [];
beforeAll(async () => {
  world = await buildWorld();
});
afterAll(() => world.api.close());

const kindOf = (name: string) => cases.get(name)?.about.kind;

test('every operation says in the matrix what it is about, and needs the permission that the matrix says', () => {
  const missing = everyOperation.map(([name]) => name).filter((name) => !cases.has(name));
  const add = (name: string) => `${name} is in no case: add a line to test/authorisation/cases.ts, as its first comment says how`;
  expect(missing.map(add)).toEqual([]);
  expect([...cases.keys()].filter((name) => !(name in operations))).toEqual([]);
  expect(everyOperation.map(([name, o]) => [name, o.permission])).toEqual(
    everyOperation.map(([name]) => [name, cases.get(name)?.permission]),
  );
});

test.each(callers)('$role, visibility $visibility, by $via', async (caller) => {
  const walked = await walk(world, caller);
  expect(walked.wrong).toEqual([]);
  cells += walked.cells;
  forbidden.push(...walked.forbidden);
});

test('these were thousands of questions, and each outright refusal is audited', async () => {
  expect(cells).toBeGreaterThan(5000);
  const recorded = await world.api.database
    .operations('audit_outbox')
    .whereRaw(`detail ->> 'kind' = 'access_denied'`)
    .where({ actorId: world.me.id })
    .pluck<string[]>('object_id');
  const times = (names: string[], name: string) => names.filter((one) => one === name).length;
  const unheard = [...new Set(forbidden)].filter((name) => times(recorded, name) < times(forbidden, name));
  expect(unheard).toEqual([]);
});

test('nobody who is not signed in passes, but where anybody may', async () => {
  for (const [name, o] of everyOperation) {
    const about = cases.get(name)?.about;
    const body = about && 'body' in about ? about.body : {};
    const { code } = await ask(world, o, { params: { id: uuid(), holdId: uuid(), module: 'api', code: 'AO' }, body, headers: {} });
    if (o.permission === 'public') expect(['not_signed_in', 'forbidden', 'internal'], name).not.toContain(code);
    else expect({ name, code }).toEqual({ name, code: 'not_signed_in' });
  }
});

test('a holder reaches their own devices and nothing else', async () => {
  const { session, own, foreign } = world.holder;
  for (const [name, o] of everyOperation.filter(([, { permission }]) => permission !== 'public')) {
    const about = cases.get(name)?.about;
    const body = about?.kind === 'open' ? about.body : { cause: 'absence' };
    const call = (id: string) =>
      ask(world, o, { params: { id, holdId: id, module: 'api', code: 'AO' }, body, headers: { Cookie: session } });
    if (kindOf(name) === 'guarded') expect({ name, code: (await call(own)).code }).toEqual({ name, code: 'forbidden' });
    else if (kindOf(name) === 'open' && o.params) expect({ name, code: (await call(own)).code }).toEqual({ name, code: 'not_found' });
    else expect(passes(await call(own)), name).toBe(true);
    if (kindOf(name) === 'own' && o.params) expect({ name, code: (await call(foreign)).code }).toEqual({ name, code: 'not_found' });
  }
  const { body } = await ask(world, operations.listOwnDevices, { headers: { Cookie: session } });
  expect((body as { items: { id: string }[] }).items.map((d) => d.id)).toEqual([own]);
});

test('an assignment that was taken away has no effect from the next call on', async () => {
  const { api } = world;
  const db = api.database.operations;
  await operator(db, { login: 'leaver', role: 'RO', unitId: api.organisation.office, visibility: 'office' });
  const headers = { Cookie: await api.signIn('leaver') };
  expect((await ask(world, operations.listRequests, { headers })).status).toBe(200);
  await db('assignments')
    .whereIn('operator_id', db('operators').where({ email: 'leaver@example.it' }).select('id'))
    .delete();
  expect(await ask(world, operations.listRequests, { headers })).toMatchObject({ status: 403, code: 'forbidden' });
  await db('operators').where({ email: 'leaver@example.it' }).update({ active: false });
  expect(await ask(world, operations.readMe, { headers })).toMatchObject({ status: 401, code: 'not_signed_in' });
});

test('success statuses are 200, 201, 204, or 303 for a browser that goes on', () => {
  expect(everyOperation.filter(([, o]) => ![200, 201, 204, 303].includes(statusOf(o)))).toEqual([]);
});
