import { afterAll, beforeAll, expect, test } from 'vitest';

import { holder, operator, person } from '../test/support/api-organisation.ts';
import { seedRequest } from '../test/support/api-records.ts';
import { startApi, type TestApi } from '../test/support/api.ts';

let api: TestApi;
let sa: string;
beforeAll(async () => {
  api = await startApi();
  sa = await api.signIn('SA');
});
afterAll(() => api.close());

const db = () => api.database.operations;
interface Answer {
  allowed: boolean;
  rule: string;
  state: string;
  ownOnly: boolean;
  assignments: { role: string; state: string }[];
  separation: { first: string } | null;
}
/** What the page answers about a person. */
async function why(id: string, query: Record<string, string>, as = sa): Promise<Answer> {
  return JSON.parse((await api.call('GET', `/api/operators/${id}/access?${new URLSearchParams(query).toString()}`, { as })).text) as Answer;
}
const somebody = (login: string, changes: { role?: string; visibility?: string } = {}) =>
  operator(db(), { login, role: 'DO', unitId: api.organisation.office, visibility: 'office', ...changes });
const here = () => ({ unitId: api.organisation.office });

test('yes names the assignment; own visibility is said', async () => {
  const id = await somebody('why-yes');
  expect(await why(id, { permission: 'device.revoke', ...here() })).toMatchObject({
    ...{ allowed: true, rule: 'assignment', ownOnly: false, assignments: [{ role: 'DO', state: 'in_force' }] },
  });
  const own = await somebody('why-own', { visibility: 'own', role: 'RO' });
  expect(await why(own, { permission: 'holder.read', ...here() })).toMatchObject({ allowed: true, ownOnly: true });
  expect(await why(own, { permission: 'holder.create', ...here() })).toMatchObject({ allowed: true, ownOnly: false });
});

test('no names the rule that decides', async () => {
  const id = await somebody('why-no');
  const ask = (permission: string, place: Record<string, string> = here()) => why(id, { permission, ...place });
  expect(await ask('audit.read')).toMatchObject({ allowed: false, rule: 'role', assignments: [] });
  expect(await ask('own.read')).toMatchObject({ allowed: false, rule: 'holders_only' });
  expect(await ask('device.revoke', { unitId: api.organisation.otherOffice })).toMatchObject({
    rule: 'visibility',
    assignments: [{ role: 'DO' }],
  });
  const partly = await somebody('why-part', { role: 'SA', visibility: 'office' });
  expect(await why(partly, { permission: 'log.manage' })).toMatchObject({
    allowed: false,
    rule: 'everything_only',
    assignments: [{ role: 'SA' }],
  });

  await db()('assignments').where({ operatorId: id }).update({ validUntil: new Date() });
  expect(await ask('device.revoke')).toMatchObject({ rule: 'assignment_state', assignments: [{ state: 'ended' }] });
  await db()('assignments').where({ operatorId: id }).update({ validUntil: null });
  await db()('operators').where({ id }).update({ active: false });
  expect(await ask('device.revoke')).toMatchObject({ allowed: false, rule: 'operator', state: 'deactivated' });
});

test('separation of duties and four eyes are told as such', async () => {
  const id = await somebody('why-apart');
  await db()('separation_rules').insert({ id: id, kind: 'permissions', first: 'device.read', second: 'device.revoke' });
  expect(await why(id, { permission: 'device.revoke', ...here() })).toMatchObject({
    rule: 'separation',
    separation: { first: 'device.read' },
  });
  await db()('separation_rules').where({ id }).delete();

  const { office: unitId, profileId } = api.organisation;
  const holderId = await holder(db(), { unitId, registeredBy: id, data: person({ taxCode: 'WHY' }) });
  const requestId = await seedRequest(db(), { unitId, holderId, registeredBy: id, profileId, state: 'pending_approval' });
  const asked = { permission: 'request.decide', requestNumber: `T-${requestId}` };
  expect(await why(id, asked)).toMatchObject({ allowed: false, rule: 'own_request' });
  expect(await why(api.organisation.operators.DO, asked)).toMatchObject({ allowed: true, rule: 'assignment' });
});

test('the answer is what a call would get: to register a person, in every unit, for every role', async () => {
  const { office, otherOffice, root, operators } = api.organisation;
  for (const [role, id] of Object.entries(operators)) {
    const cookie = await api.signIn(role);
    for (const unitId of [office, otherOffice, root]) {
      const body = { unitId, ...person({ taxCode: 'RSSMRA85T10A562S' }) };
      const { status } = await api.call('POST', '/api/holders', { as: cookie, body });
      const { allowed } = await why(id, { permission: 'holder.create', unitId });
      expect({ role, unitId, allowed }).toEqual({ role, unitId, allowed: status !== 403 });
    }
  }
});

test('a closed unit is named; about units and people out of sight nothing is told', async () => {
  const id = await somebody('why-closed', { role: 'RO', visibility: 'all' });
  await db()('units').where({ id: api.organisation.otherOffice }).update({ active: false });
  const asked = { permission: 'holder.create', unitId: api.organisation.otherOffice };
  expect(await why(id, asked)).toMatchObject({ allowed: false, rule: 'unit_closed' });
  await db()('units').where({ id: api.organisation.otherOffice }).update({ active: true });
  const officer = await api.signIn('DO');
  expect((await api.call('GET', `/api/operators/${id}/access?${new URLSearchParams(asked).toString()}`, { as: officer })).status).toBe(404);
  const [unknown] = [await api.call('GET', `/api/operators/${id}/access?permission=home.read&requestNumber=none`, { as: sa })];
  expect(unknown?.status).toBe(404);
});
