import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { permissions } from '../../domain/permissions.ts';
import { seedKey } from '../authorisation/world.ts';
import { operator, person, unit } from '../support/api-organisation.ts';
import { seedRequest } from '../support/api-records.ts';
import { startApi, type TestApi } from '../support/api.ts';

/**
 * Abuse cases A12 and A13 (EJBCA CVE-2021-40089, CVE-2025-49602): what was switched off or taken away went on working where it had begun. Here every way
 * of taking something away is tried against every door that was open before.
 */
let api: TestApi;
let db: Knex;
beforeAll(async () => {
  api = await startApi();
  db = api.database.operations;
});
afterAll(() => api.close());

interface Leaver {
  unitId: string;
  operatorId: string;
  role: string;
  session: string;
  key: string;
}

/** Somebody who may do everything in an office of their own, by a role of their own. */
async function newLeaver(): Promise<Leaver> {
  const [unitId, role] = [uuid(), `R${uuid().slice(-8)}`];
  await unit(db, { id: unitId, kind: 'office', above: [api.organisation.root] });
  await db('roles').insert({ code: role, nameEn: role, nameIt: role, permissions: [...permissions], shipped: false });
  const login = `leaver-${role}`;
  const operatorId = await operator(db, { login, role, unitId, visibility: 'office' });
  return { unitId, operatorId, role, session: await api.signIn(login), key: await seedKey(db, { ownerId: operatorId, unitId }) };
}

const past = new Date(Date.now() - 1000);
const ways: [string, (leaver: Leaver) => Promise<unknown>][] = [
  ['the assignment is deleted', ({ operatorId }) => db('assignments').where({ operatorId }).delete()],
  ['the assignment is over', ({ operatorId }) => db('assignments').where({ operatorId }).update({ validUntil: past })],
  ['the assignment moves to another unit', ({ operatorId }) => db('assignments').where({ operatorId }).update({ unitId: elsewhere() })],
  [
    'the role loses the permissions',
    ({ role }) =>
      db('roles')
        .where({ code: role })
        .update({ permissions: ['home.read'] }),
  ],
  ['the operator is switched off', ({ operatorId }) => db('operators').where({ id: operatorId }).update({ active: false })],
  ['the time of the operator is over', ({ operatorId }) => db('operators').where({ id: operatorId }).update({ validUntil: past })],
  ['the unit is closed', ({ unitId }) => db('units').where({ id: unitId }).update({ active: false })],
];
const elsewhere = () => api.organisation.otherOffice;

test.each(ways)('when %s, every door that was open is shut at the next call', async (_, takeAway) => {
  const leaver = await newLeaver();
  const { session, key, unitId } = leaver;
  const bearer = { Authorization: `Bearer ${key}` };
  const sameCall = { 'Idempotency-Key': uuid() };
  const body = { unitId, profileId: api.organisation.profileId, holder: person() };
  const { body: request } = await api.call('POST', '/api/requests', { as: session, headers: sameCall, body });
  const stream = await fetch(`${api.url}/api/events`, { headers: { Cookie: session } });
  const doors = {
    session: () => api.call('GET', `/api/requests/${request.id}`, { as: session }),
    key: () => api.call('GET', `/api/requests/${request.id}`, { headers: bearer }),
    decision: () => api.call('POST', `/api/requests/${request.id}/cancellation`, { as: session, body: { reason: 'x' } }),
    byKey: () => api.call('POST', '/api/requests', { headers: bearer, body }),
    sentAgain: () => api.call('POST', '/api/requests', { as: session, headers: sameCall, body }),
  };
  expect([(await doors.session()).status, (await doors.key()).status, (await doors.sentAgain()).status]).toEqual([200, 200, 201]);
  await takeAway(leaver);
  const before = await rows();
  for (const [door, knock] of Object.entries(doors)) {
    const { status, body: said } = await knock();
    if (status !== 409) expect([401, 403, 404], door).toContain(status);
    else expect([door, said.code]).toEqual(['sentAgain', 'idempotency_conflict']);
  }
  expect(await rows()).toEqual(before);
  expect(await heard(stream, [request.id, await seedRequest(db, { ...ofElsewhere(), unitId: elsewhere() })])).not.toContain(request.id);
});

const ofElsewhere = () => {
  const { holderId, operators, profileId } = api.organisation;
  return { holderId, profileId, registeredBy: operators.RO };
};

/** What a stream tells of changes of these requests, in their order, until it ends or tells of the last. */
async function heard(stream: Response, ids: string[]): Promise<string> {
  for (const id of ids) await db('requests').where({ id }).update({ search: 'changed' });
  let text = '';
  for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes(ids.at(-1) ?? '')) break;
  }
  return text;
}

const rows = () => db('requests').orderBy('id').select('id', 'state', 'version');

test('whoever signs out is out at once, whatever the cookie says afterwards', async () => {
  const { session, unitId } = await newLeaver();
  const body = { unitId, profileId: api.organisation.profileId, holder: person() };
  const { body: request } = await api.call('POST', '/api/requests', { as: session, body });
  const stream = await fetch(`${api.url}/api/events`, { headers: { Cookie: session } });
  await api.call('DELETE', '/api/session', { as: session });
  expect((await api.call('GET', '/api/me', { as: session })).status).toBe(401);
  expect(await heard(stream, [request.id])).not.toContain(request.id);
});
