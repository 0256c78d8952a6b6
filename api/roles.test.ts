import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { v7 as uuid } from 'uuid';

import { seedSeparationRules } from '../local/seed-roles.ts';
import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { operator } from '../test/support/api-organisation.ts';

let api: TestApi;
let sa: string;
beforeAll(async () => {
  api = await startApi();
  sa = await api.signIn('SA');
});
afterAll(() => api.close());
beforeEach(async () => {
  await db()('separation_rules').delete();
  await db().transaction((trx) => seedSeparationRules(trx));
});

const db = () => api.database.operations;
const coded = ({ status, body }: ApiAnswer) => [status, body.code];
interface Role {
  code: string;
  version: number;
  shipped: boolean;
  held: number;
  permissions: string[];
}
const json = <T>(answer: ApiAnswer) => JSON.parse(answer.text) as T;
let roles = 0;
const make = (changes: object = {}) =>
  api.call('POST', '/api/roles', {
    as: sa,
    body: { code: `R${++roles}`, name: { en: `Role ${roles}`, it: `Ruolo ${roles}` }, permissions: ['home.read'], ...changes },
  });
const change = ({ code, version }: Role, changes: object = {}) =>
  api.call('PATCH', `/api/roles/${code}`, {
    as: sa,
    headers: { 'If-Match': `"${version}"` },
    body: { name: { en: 'Changed', it: 'Cambiato' }, permissions: ['home.read'], ...changes },
  });
const forbid = (rule: object) => api.call('POST', '/api/separation-rules', { as: sa, body: rule });

test('a role is made, given, changed for whoever holds it from their next call on, and stays once somebody held it', async () => {
  const role = json<Role>(await make({ permissions: ['home.read', 'unit.read'] }));
  await operator(db(), { login: 'holds', role: role.code, unitId: api.organisation.office, visibility: 'office' });
  const cookie = await api.signIn('holds');
  expect((await api.call('GET', '/api/units', { as: cookie })).status).toBe(200);
  const changed = json<Role>(await change(role));
  expect(changed).toMatchObject({ permissions: ['home.read'], held: 1, shipped: false });
  expect(coded(await api.call('GET', '/api/units', { as: cookie }))).toEqual([403, 'forbidden']);
  expect(coded(await change(role))).toEqual([412, 'version_conflict']);
  expect(coded(await api.call('DELETE', `/api/roles/${role.code}`, { as: sa }))).toEqual([409, 'wrong_state']);
  const unused = json<Role>(await make());
  expect((await api.call('DELETE', `/api/roles/${unused.code}`, { as: sa })).status).toBe(204);
  expect(coded(await make({ code: role.code }))).toEqual([409, 'duplicate']);
});

test('shipped roles stay as they came; only where they are offered may change', async () => {
  const { items } = json<{ items: Role[] }>(await api.call('GET', '/api/roles', { as: sa }));
  expect(items.slice(0, 6).map(({ code }) => code)).toEqual(['RO', 'DO', 'BO', 'SA', 'HD', 'AO']);
  const ro = items[0] as Role & { name: object };
  expect(coded(await change(ro))).toEqual([409, 'wrong_state']);
  const { name, permissions } = ro;
  expect(json(await change(ro, { name, permissions, offeredIn: ['division'] }))).toMatchObject({ offeredIn: ['division'], permissions });
  expect(coded(await api.call('DELETE', '/api/roles/RO', { as: sa }))).toEqual([409, 'wrong_state']);
  expect(coded(await make({ permissions: ['own.read'] }))).toEqual([422, 'invalid_input']);
});

test('who administers a part of the organisation does not change its roles', async () => {
  await operator(db(), { login: 'part', role: 'SA', unitId: api.organisation.root, visibility: 'subtree' });
  const part = await api.signIn('part');
  const body = { code: 'MINE', name: { en: 'M', it: 'M' }, permissions: ['home.read'] };
  expect(coded(await api.call('POST', '/api/roles', { as: part, body }))).toEqual([403, 'forbidden']);
  const rule = { kind: 'permissions', first: 'home.read', second: 'unit.read' };
  expect(coded(await api.call('POST', '/api/separation-rules', { as: part, body: rule }))).toEqual([403, 'forbidden']);
});

test('what must be separate is not given to one person, nor put into one role', async () => {
  const assignment = (role: string) => ({ role, unitId: api.organisation.root, visibility: 'all' });
  const who = { givenName: 'Ada', familyName: 'Riva', email: 'ada.riva@example.it' };
  const both = { operator: who, assignments: [assignment('AO'), assignment('HD')] };
  expect(coded(await api.call('POST', '/api/operators', { as: sa, body: both }))).toEqual([403, 'duties_conflict']);
  const one = await api.call('POST', '/api/operators', { as: sa, body: { operator: who, assignments: [assignment('AO')] } });
  expect(one.status).toBe(201);
  const more = () => api.call('POST', `/api/operators/${one.body.id}/assignments`, { as: sa, body: assignment('DO') });
  expect(coded(await more())).toEqual([403, 'duties_conflict']);
  expect(coded(await make({ permissions: ['audit.read', 'request.decide'] }))).toEqual([403, 'duties_conflict']);
  await db()('separation_rules').update({ active: false });
  expect((await more()).status).toBe(201);
});

test('a rule counts for whoever holds both already: the second is lost from the next call on, and the refusal says why', async () => {
  const id = await operator(db(), { login: 'two', role: 'RO', unitId: api.organisation.office, visibility: 'office' });
  await db()('assignments').insert({ id: uuid(), operatorId: id, role: 'HD', unitId: api.organisation.otherOffice, visibility: 'office' });
  const cookie = await api.signIn('two');
  const rule = json<{ items: { id: string; first: string }[] }>(await forbid({ kind: 'roles', first: 'HD', second: 'RO' })).items.find(
    ({ first }) => first === 'HD',
  );
  const create = () => api.call('POST', '/api/requests', { as: cookie, body: {} });
  expect(coded(await create())).toEqual([403, 'duties_conflict']);
  expect((await create()).body.detail).toContain('nobody holds HD and RO together');
  expect((await api.call('GET', '/api/requests', { as: cookie })).status).toBe(200);
  const switched = await api.call('PATCH', `/api/separation-rules/${rule?.id}`, { as: sa, body: { active: false } });
  expect(switched.status).toBe(200);
  expect(coded(await create())).toEqual([422, 'invalid_input']);
  expect((await api.call('DELETE', `/api/separation-rules/${rule?.id}`, { as: sa })).status).toBe(204);
});

test('no rule and no role leaves the organisation without an administrator; shipped rules are not removed', async () => {
  expect(coded(await forbid({ kind: 'permissions', first: 'home.read', second: 'operator.manage' }))).toEqual([409, 'last_administrator']);
  expect(coded(await forbid({ kind: 'permissions', first: 'audit.read', second: 'operator.manage' }))).toEqual([409, 'duplicate']);
  expect(coded(await forbid({ kind: 'roles', first: 'RO', second: 'NONE' }))).toEqual([422, 'invalid_input']);
  expect(coded(await forbid({ kind: 'permissions', first: 'x', second: 'home.read' }))).toEqual([422, 'invalid_input']);
  const { items } = json<{ items: { id: string }[] }>(await api.call('GET', '/api/separation-rules', { as: sa }));
  expect(coded(await api.call('DELETE', `/api/separation-rules/${items[0]?.id}`, { as: sa }))).toEqual([409, 'wrong_state']);
});
