import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import type { AnyOperation } from '../../api/operation.ts';
import { permissions } from '../../domain/permissions.ts';
import { root } from '../../local/paths.ts';
import { cases } from '../authorisation/cases.ts';
import type { Probe } from '../authorisation/probes.ts';
import { ask, everyOperation } from '../authorisation/walk.ts';
import { buildWorld, kinds, type World } from '../authorisation/world.ts';

/** Somebody who may do everything everywhere: what is refused here is refused for what it is. */
let world: World;
let headers: Record<string, string>;
beforeAll(async () => {
  world = await buildWorld();
  const db = world.api.database.operations;
  await db('roles').insert({ code: 'ALL', nameEn: 'All', nameIt: 'Tutto', permissions: [...permissions], shipped: false });
  await db('assignments').where({ operatorId: world.me.id }).update({ role: 'ALL', visibility: 'all' });
  headers = { Cookie: world.me.session };
});
afterAll(() => world.api.close());

/** Guarded operations with the questions that the matrix asks them. */
const asked = async (): Promise<{ name: string; o: AnyOperation; probes: Probe[] }[]> =>
  Promise.all(
    everyOperation.map(async ([name, o]) => {
      const about = cases.get(name)?.about;
      return { name, o, probes: about?.kind === 'guarded' ? await about.probes(world) : [] };
    }),
  );

test('A4, A5: an id of a thing of another kind is not found: nothing is taken for a device that is a CA, a key or a person', async () => {
  const rows = kinds
    .filter((kind) => kind !== 'audit_events')
    .map((kind) => world.rows[kind].find((row) => row.place === 'here')?.id ?? '');
  const sent = world.api.temporal.sent.length;
  let answers = 0;
  for (const { name, o, probes } of await asked()) {
    const [probe] = probes;
    if (!probe || !o.path.includes('{id}')) continue;
    const right = probes.map(({ params }) => params?.id);
    for (const id of [...rows, uuid()].filter((one) => !right.includes(one))) {
      const { code } = await ask(world, o, { ...probe, params: { ...probe.params, id }, headers });
      expect({ name, id, code }).toEqual({ name, id, code: 'not_found' });
      answers++;
    }
  }
  expect(answers).toBeGreaterThan(200);
  expect(world.api.temporal.sent.length).toBe(sent);
});

/** The same for every unit. */
const ofEveryUnit = ['profileId'];

test('A6: whatever a body refers to is asked about in the matrix with a thing of a foreign unit', async () => {
  const foreign = [
    world.units.elsewhere,
    ...kinds.flatMap((kind) => world.rows[kind].filter((row) => row.place === 'elsewhere').map((row) => row.id)),
  ];
  const references: string[] = [];
  for (const { name, o, probes } of await asked()) {
    const about = cases.get(name)?.about;
    const isOfEverybody = about?.kind === 'guarded' && about.ofEverybody;
    if (!o.body || probes.length === 0 || isOfEverybody) continue;
    const named = propertiesOf(z.toJSONSchema(o.body, { io: 'input', unrepresentable: 'any' })).filter(
      (p) => /Ids?$/.test(p) && !ofEveryUnit.includes(p),
    );
    const texts = probes.map(({ body }) => JSON.stringify(body ?? {}));
    const isAsked = (property: string) => texts.some((text) => foreign.some((id) => text.includes(`"${property}":"${id}"`)));
    expect({ name, notAsked: named.filter((property) => !isAsked(property)) }).toEqual({ name, notAsked: [] });
    references.push(...named);
  }
  expect(references).toEqual(expect.arrayContaining(['unitId', 'holderId', 'stationId']));
});

test('A6: what decides on access catches no error, so that none becomes a yes', () => {
  const deciding = [
    'api/guard.ts',
    'db/reads/visible-to.ts',
    'db/reads/actor.ts',
    'db/reads/api-keys.ts',
    'domain/actor.ts',
    'domain/api-key.ts',
  ];
  expect(deciding.filter((file) => /\bcatch\b/.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test('A8: no call names a workflow, a run, a queue or a namespace', () => {
  const schemas = everyOperation.flatMap(([name, { params, query, body }]) =>
    [params, query, body].flatMap((schema) =>
      schema ? propertiesOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).map((p) => `${name}.${p}`) : [],
    ),
  );
  expect(schemas.length).toBeGreaterThan(50);
  expect(schemas.filter((property) => /workflow|runId|queue|namespace/i.test(property))).toEqual([]);
});

test('A14: documents, downloads and streams are questions of the matrix too', () => {
  const others = everyOperation.filter(
    ([, { permission, responseType = 'application/json' }]) => permission !== 'public' && responseType !== 'application/json',
  );
  expect(others.length).toBeGreaterThan(3);
  expect(others.map(([name]) => [name, cases.get(name)?.about.kind])).toEqual(others.map(([name]) => [name, 'guarded']));
});

/** Names of all properties, at every depth. */
function propertiesOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(propertiesOf)];
}
