import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { sees, visibilities, type Actor, type Assignment } from '../../domain/actor.ts';
import type { OperatorId, UnitId } from '../../domain/ids.ts';
import { auditEvents } from './audit.ts';
import { deviceDetail } from './device-detail.ts';
import { listDevices } from './devices.ts';
import { holderDetail, listHolders } from './holders.ts';
import { home } from './home.ts';
import { listDeviceProfiles } from './profiles.ts';
import { portalDevices } from './portal.ts';
import { requestDetail } from './request-detail.ts';
import { listRequests } from './requests.ts';
import { listStations } from './stations.ts';
import { listUnits } from './units.ts';

let db: TestDatabase;
const label = () => randomUUID().replaceAll('-', '');
const root = label();
/** A tree of seven units: root, two divisions, two offices each. */
const paths = [
  root,
  ...[1, 2].flatMap(() => {
    const division = `${root}.${label()}`;
    return [division, `${division}.${label()}`, `${division}.${label()}`];
  }),
];
const officers = [randomUUID(), randomUUID()] as OperatorId[];

const assignment = (unitPath: string, visibility: Assignment['visibility']): Assignment => ({
  id: randomUUID(),
  role: 'DO',
  unitId: idOf(unitPath),
  unitPath,
  visibility,
  permissions: ['request.read', 'device.read', 'holder.read', 'home.read', 'unit.read', 'device.produce', 'audit.read'],
});
const operator = (...assignments: Assignment[]): Actor => ({
  kind: 'operator',
  id: officers[0] as OperatorId,
  name: 'Test',
  assignments,
  via: 'session',
  sessionId: randomUUID(),
});
const idOf = (path: string) => {
  const hex = path.split('.').at(-1) ?? '';
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') as UnitId;
};

beforeAll(async () => {
  db = await createTestDatabase();
  const { operations: knex } = db;
  await knex('units').insert(
    paths.map((path, i) => ({
      id: idOf(path),
      parentId: path === root ? null : idOf(path.split('.').slice(0, -1).join('.')),
      kind: ['organization', 'division', 'office'][path.split('.').length - 1],
      code: `U${i}`,
      name: `Unit ${i}`,
      path,
    })),
  );
  await knex('operators').insert(officers.map((id, i) => ({ id, givenName: 'Officer', familyName: String(i), email: `o${i}@example.it` })));
  const profileId = randomUUID();
  await knex('device_profiles').insert({
    id: profileId,
    code: 'staff',
    revision: 1,
    nameEn: 'Staff card',
    nameIt: 'Tessera',
    definition: {
      model: 'desk',
      slots: [],
      files: [],
      pin: { length: 6 },
      approval: { steps: [], expireAfterHours: 72 },
      activationDays: 30,
    },
  });
  const document = { kind: 'passport', number: 'X', issuer: 'Y', expiresOn: '2031-01-01' };
  for (const [i, path] of [...paths, ...paths, ...paths].entries()) {
    const holderId = randomUUID();
    const data = {
      givenName: `Given${i}`,
      familyName: 'Rossi',
      birthDate: '1980-01-01',
      birthPlace: 'Roma',
      taxCode: `TAX${i}`,
      email: 'a@b.it',
      document,
    };
    const registeredBy = officers[i % 2];
    await knex('holders').insert({ id: holderId, unitId: idOf(path), ...data, document: JSON.stringify(document), registeredBy });
    await knex('requests').insert({
      id: randomUUID(),
      number: `2026-${String(i).padStart(6, '0')}`,
      holderId,
      unitId: idOf(path),
      unitPath: path,
      profileId,
      model: 'desk',
      state: 'draft',
      registeredBy,
      data: JSON.stringify(data),
      search: `given${i} rossi`,
    });
    await knex('devices').insert({
      id: randomUUID(),
      serial: String(6090000000000000 + i),
      profileId,
      holderId,
      unitId: idOf(path),
      unitPath: path,
      registeredBy,
      state: 'active',
    });
  }
});
afterAll(() => db.drop());

test('what a list shows is exactly what the rule in memory allows, for any set of assignments', async () => {
  const rows = (await db.operations('requests').select('id', 'unit_path', 'registered_by')) as {
    id: string;
    unitPath: string;
    registeredBy: string;
  }[];
  const anyAssignment = fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...visibilities)).map(([p, v]) => assignment(p, v));
  await fc.assert(
    fc.asyncProperty(fc.array(anyAssignment, { maxLength: 3 }), async (assignments) => {
      const actor = operator(...assignments);
      const { items } = await listRequests(db.operations, actor, { limit: 200 });
      expect(items.map((r) => r.id).sort()).toEqual(
        rows
          .filter((r) => sees(actor, 'request.read', r))
          .map((r) => r.id)
          .sort(),
      );
    }),
    { numRuns: 40 },
  );
});

test('devices and holders follow the same rule', async () => {
  const actor = operator(assignment(paths[2] as string, 'office'));
  expect((await listDevices(db.operations, actor)).items).toHaveLength(3);
  expect((await listHolders(db.operations, actor)).items).toHaveLength(3);
  expect((await listDevices(db.operations, operator(assignment(paths[2] as string, 'own')))).items.length).toBeLessThan(3);
});

test('a permission in one unit shows nothing of another permission', async () => {
  const blind = operator({ ...assignment(root, 'all'), permissions: ['device.read'] });
  expect((await listRequests(db.operations, blind)).items).toEqual([]);
});

test.each(['-createdAt', 'createdAt', '-updatedAt', 'number'] as const)(
  'pages sorted by %s are complete, without doubles',
  async (sort) => {
    const actor = operator(assignment(root, 'all'));
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const { items, next } = await listRequests(db.operations, actor, { sort, limit: 4, cursor });
      seen.push(...items.map((r) => r.id));
      if (!next) break;
      cursor = next;
    }
    expect(seen).toHaveLength(21);
    expect(new Set(seen).size).toBe(21);
  },
);

test.each(['', 'x', Buffer.from('["2026","nope"]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
  'the cursor %j is refused or means the first page',
  async (cursor) => {
    const list = listRequests(db.operations, operator(assignment(root, 'all')), { cursor });
    if (cursor === '') await expect(list).resolves.toMatchObject({ next: null });
    else await expect(list).rejects.toMatchObject({ type: 'malformed_request' });
  },
);

test('a search finds parts of names, and treats % and _ as text', async () => {
  const actor = operator(assignment(root, 'all'));
  expect((await listRequests(db.operations, actor, { search: 'IVEN1 ross' })).items.length).toBeGreaterThan(0);
  expect((await listRequests(db.operations, actor, { search: '%%%' })).items).toEqual([]);
  expect((await listRequests(db.operations, actor, { search: "'; drop table requests; --" })).items).toEqual([]);
});

test('details are hidden as if they did not exist', async () => {
  const knex = db.operations;
  const other = (await knex('requests').where('unit_path', paths[5]).first('id', 'holder_id')) as { id: string; holderId: string };
  const device = (await knex('devices').where('unit_path', paths[5]).first('id')) as { id: string };
  const actor = operator(assignment(paths[2] as string, 'office'));
  await expect(requestDetail(knex, actor, other.id)).rejects.toMatchObject({ type: 'not_found' });
  await expect(deviceDetail(knex, actor, device.id)).rejects.toMatchObject({ type: 'not_found' });
  await expect(holderDetail(knex, actor, other.holderId)).rejects.toMatchObject({ type: 'not_found' });
  const all = operator(assignment(root, 'all'));
  expect(await requestDetail(knex, all, other.id)).toMatchObject({
    id: other.id,
    may: { submit: false },
    history: [{ kind: 'registered' }],
  });
  expect(await deviceDetail(knex, all, device.id)).toMatchObject({ state: 'active', holds: [] });
});

test('several states are one list: in order, page by page, each row once', async () => {
  const knex = db.operations;
  const all = operator(assignment(root, 'all'));
  const wanted = ['draft', 'approved', 'closed'];
  const ids = (await knex('requests').orderBy('id').pluck('id')) as string[];
  for (const [i, id] of ids.entries())
    await knex('requests')
      .where({ id })
      .update({ state: ['draft', 'approved', 'closed', 'rejected'][i % 4] });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRequests(knex, all, { state: wanted, sort: 'number', limit: 3, ...(cursor && { cursor }) });
    seen.push(...page.items.map((r) => r.number));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(seen).toEqual(await knex('requests').whereIn('state', wanted).orderBy('number').pluck('number'));
});

test('home, units, profiles, stations and portal answer within the visible part of the tree', async () => {
  const knex = db.operations;
  const office = operator(assignment(paths[2] as string, 'own'));
  expect(await home(knex, office)).toMatchObject({ figures: { activeDevices: 3 }, waiting: [] });
  expect((await home(knex, operator(assignment(root, 'all')))).issuedPerDay).toHaveLength(30);
  expect((await listUnits(knex, office)).items).toHaveLength(1);
  expect((await listUnits(knex, operator(assignment(paths[1] as string, 'subtree')))).items).toHaveLength(3);
  expect(await listDeviceProfiles(knex)).toMatchObject([{ code: 'staff', model: 'desk' }]);
  expect(await listStations(knex, office)).toEqual([]);
  const { holderId } = (await knex('devices').first('holder_id')) as { holderId: string };
  const holder = { kind: 'holder', id: holderId, name: 'x', via: 'session', sessionId: 's' } as Actor;
  expect(await portalDevices(knex, holder)).toHaveLength(1);
});

test('the audit list answers with filters', async () => {
  const page = await auditEvents({ audit: db.audit, operations: db.operations }, operator(assignment(root, 'subtree')), {
    search: 'x',
    objectType: 'requests',
  });
  expect(page).toEqual({ items: [], next: null });
});
