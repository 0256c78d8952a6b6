import { afterAll, beforeAll, expect, test } from 'vitest';

import { taxCodeCheckCharacter } from '../domain/tax-code.ts';
import { apiKeyStore } from '../db/stores/api-keys.ts';
import { operator, person } from '../test/support/api-organisation.ts';
import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { memoryAttempts } from './auth/attempts.ts';

let api: TestApi;
let officer: string;
beforeAll(async () => {
  api = await startApi({
    trustedProxies: ['127.0.0.1/32'],
    attempts: memoryAttempts({ badKeyByAddress: { points: 1e6, seconds: 1 }, callsByKey: { points: 1e6, seconds: 1 } }),
  });
  officer = await api.signIn('DO');
});
afterAll(() => api.close());

interface Key extends Record<string, unknown> {
  id: string;
  key: string;
}
const taxCode = (n: number) => `BNCMRC80A0${n + 1}H501${taxCodeCheckCharacter(`BNCMRC80A0${n + 1}H501`)}`;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const input = (changes: object = {}) => ({
  ...{ name: 'Personnel system', unitId: api.organisation.office, permissions: ['holder.read', 'holder.create'], expiresAt: inDays(30) },
  ...changes,
});
const make = async (changes: object = {}, as = officer): Promise<Key> => {
  const answer = await api.call('POST', '/api/api-keys', { as, body: input(changes) });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as unknown as Key;
};
const using = ({ key }: Pick<Key, 'key'>, more: Record<string, string> = {}) => ({ headers: { Authorization: `Bearer ${key}`, ...more } });
const said = ({ status, body }: ApiAnswer) => ({ status, code: body.code });
const refused = { status: 401, code: 'not_signed_in' };
const events = async (kind: string, objectId: string) =>
  (await api.database
    .operations('audit_outbox')
    .whereRaw(`detail ->> 'kind' = ?`, [kind])
    .where({ objectId })
    .orderBy('id')
    .select('*')) as { actorId: string; detail: Record<string, unknown> }[];

test('a key is shown once, calls with what it was given, and is kept as its hash only', async () => {
  const { key, id } = await make();
  expect(key).toMatch(/^scms_[0-9A-Za-z]{8}_[\w-]{43}$/);
  expect((await api.call('GET', '/api/holders', using({ key }))).status).toBe(200);
  expect(said(await api.call('GET', '/api/requests', using({ key })))).toEqual({ status: 403, code: 'forbidden' });
  const list = await api.call('GET', '/api/api-keys', { as: officer });
  expect(list.text).toContain(id);
  const secret = key.slice(14);
  expect(list.text).not.toContain(secret);
  for (const table of ['api_keys', 'audit_outbox', 'idempotency_keys']) {
    const rows = (await api.database.operations(table)) as unknown[];
    expect(JSON.stringify(rows)).not.toContain(secret);
  }
});

test('the same call sent again under an idempotency key is not answered with the secret from a table', async () => {
  const call = { as: officer, body: input({ name: 'Twice' }), headers: { 'Idempotency-Key': 'key-made-twice' } };
  const [first, second] = [await api.call('POST', '/api/api-keys', call), await api.call('POST', '/api/api-keys', call)];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.id).not.toBe(first.body.id);
});

test.each([
  ['permissions that its owner lacks', { permissions: ['operator.manage'] }, 'forbidden'],
  ['the making of keys', { permissions: ['api_key.manage'] }, 'invalid_input'],
  ['what belongs to holders', { permissions: ['own.read'] }, 'invalid_input'],
  ['nothing', { permissions: [] }, 'invalid_input'],
  ['an end in the past', { expiresAt: inDays(-1) }, 'invalid_input'],
  ['an end in years', { expiresAt: inDays(400) }, 'invalid_input'],
  ['what is no network', { networks: ['example.it'] }, 'invalid_input'],
])('no key is made with %s', async (_, changes, code) => {
  expect((await api.call('POST', '/api/api-keys', { as: officer, body: input(changes) })).body.code).toBe(code);
});

test('no key is made for another unit', async () => {
  const body = input({ unitId: api.organisation.otherOffice });
  expect(said(await api.call('POST', '/api/api-keys', { as: officer, body }))).toEqual({ status: 403, code: 'forbidden' });
});

test('a key reaches no further than its unit, and writes as its owner', async () => {
  const db = api.database.operations;
  await operator(db, { login: 'keys-all', role: 'RO', unitId: api.organisation.root, visibility: 'all' });
  await db('roles').insert({ code: 'KEYS', nameEn: 'Keys', nameIt: 'Chiavi', permissions: ['api_key.manage'] });
  const owner = (await db('operators').where({ email: 'keys-all@example.it' }).first('id')) as { id: string };
  const whole = { operatorId: owner.id, role: 'KEYS', unitId: api.organisation.root, visibility: 'all' };
  await db('assignments').insert({ id: crypto.randomUUID(), ...whole });
  const key = await make({}, await api.signIn('keys-all'));
  const create = (unitId: string, taxCode: string) =>
    api.call('POST', '/api/holders', { ...using(key), body: { unitId, ...person({ taxCode }) } });
  expect(said(await create(api.organisation.otherOffice, taxCode(0)))).toEqual({ status: 403, code: 'forbidden' });
  const made = await create(api.organisation.office, taxCode(0));
  expect(made.status, made.text).toBe(201);
  expect(await db('holders').where({ id: made.body.id }).first('registered_by')).toEqual({ registeredBy: owner.id });
  expect(await events('api_key_used', key.id)).toMatchObject([
    { actorId: owner.id, detail: { operation: 'createHolder' } },
    { actorId: owner.id, detail: { operation: 'createHolder' } },
  ]);
});

test('what its owner loses, the key loses with the next call', async () => {
  const db = api.database.operations;
  await operator(db, { login: 'keys-leaver', role: 'DO', unitId: api.organisation.office, visibility: 'office' });
  const key = await make({}, await api.signIn('keys-leaver'));
  const call = async () => said(await api.call('GET', '/api/holders', using(key)));
  expect((await call()).status).toBe(200);
  const owner = db('operators').where({ email: 'keys-leaver@example.it' });
  await db('assignments').whereIn('operator_id', owner.clone().select('id')).update({ role: 'SA' });
  expect(await call()).toEqual({ status: 403, code: 'forbidden' });
  await owner.clone().update({ active: false });
  expect(await call()).toEqual(refused);
  expect((await events('api_key_refused', key.id)).map((e) => e.detail.cause)).toEqual(['owner_inactive']);
});

test('a key ends when it is revoked, when its time is over, and while its unit is closed', async () => {
  const db = api.database.operations;
  const key = await make();
  const call = async () => said(await api.call('GET', '/api/holders', using(key)));
  await db('units').where({ id: api.organisation.office }).update({ active: false });
  expect(await call()).toEqual(refused);
  await db('units').where({ id: api.organisation.office }).update({ active: true });
  expect((await call()).status).toBe(200);
  await db('api_keys').where({ id: key.id }).update({ expiresAt: new Date() });
  expect(await call()).toEqual(refused);
  await db('api_keys')
    .where({ id: key.id })
    .update({ expiresAt: inDays(1) });
  for (let time = 0; time < 2; time++) {
    const revoked = await api.call('POST', `/api/api-keys/${key.id}/revocation`, { as: officer });
    expect(revoked.body.state, revoked.text).toBe('revoked');
  }
  expect(await call()).toEqual(refused);
  expect((await events('api_key_refused', key.id)).map((e) => e.detail.cause)).toEqual(['unit_inactive', 'expired', 'revoked']);
});

test('a key is good from its networks only, by the address that a trusted proxy gives', async () => {
  const key = await make({ networks: ['192.0.2.7', '2001:db8::/32'] });
  expect(key.networks).toEqual(['192.0.2.7/32', '2001:db8::/32']);
  const from = async (address: string) => said(await api.call('GET', '/api/holders', using(key, { 'X-Forwarded-For': address }))).status;
  expect([await from('192.0.2.7'), await from('2001:db8::1'), await from('::ffff:192.0.2.7')]).toEqual([200, 200, 200]);
  expect([await from('192.0.2.8'), await from('2001:db9::1'), await from('192.0.2.7, 198.51.100.1')]).toEqual([401, 401, 401]);
  expect((await events('api_key_refused', key.id)).map((e) => e.detail.cause)).toEqual(Array(3).fill('foreign_address'));
});

test('a call with a key that is not right is refused, also with a good session beside it', async () => {
  const { key } = await make();
  const other = await make();
  const wrong = [
    key.slice(0, -1),
    `${key.slice(0, 14)}${other.key.slice(14)}`,
    key.replace(/_\w{8}_/, '_aaaaaaaa_'),
    key.toUpperCase(),
    '*',
    `${key},${key}`,
  ];
  for (const token of wrong) {
    expect(said(await api.call('GET', '/api/holders', { as: officer, ...using({ key: token }) })), token).toEqual(refused);
  }
});

test('another site may lend neither a session nor a session beside a key', async () => {
  const { key } = await make();
  const foreign = { 'Sec-Fetch-Site': 'cross-site' };
  const body = { unitId: api.organisation.office, ...person({ taxCode: taxCode(1) }) };
  expect(said(await api.call('POST', '/api/holders', { as: officer, body, headers: foreign })).code).toBe('cross_site');
  const bad = { ...foreign, Authorization: 'Bearer x' };
  expect(said(await api.call('POST', '/api/holders', { as: officer, body, headers: bad }))).toEqual(refused);
  expect((await api.call('POST', '/api/holders', { body, ...using({ key }, foreign) })).status).toBe(201);
});

test('a key opens nothing that belongs to its owner as a person', async () => {
  const key = await make();
  expect(said(await api.call('GET', '/api/me', using(key)))).toEqual({ status: 403, code: 'forbidden' });
  expect(said(await api.call('GET', '/api/api-keys', using(key)))).toEqual({ status: 403, code: 'forbidden' });
  const denials = await events('access_denied', 'listApiKeys');
  expect(denials.map((e) => e.detail.apiKey)).toContain(key.id);
});

test('last use is written at most once a minute, without audit', async () => {
  const db = api.database.operations;
  const { id, ...key } = await make();
  const use = async () =>
    (await db('api_key_uses').where({ keyId: id }).first('at', 'address')) as { at: Date; address: string } | undefined;
  expect(await use()).toBeUndefined();
  await api.call('GET', '/api/holders', using(key));
  const first = await use();
  expect(first?.address).toBe('127.0.0.1');
  await apiKeyStore(db).noteUse({ id, address: '192.0.2.1' });
  expect(await use()).toEqual(first);
  await db('api_key_uses')
    .where({ keyId: id })
    .update({ at: new Date(Date.now() - 61_000) });
  await apiKeyStore(db).noteUse({ id, address: '192.0.2.1' });
  expect((await use())?.address).toBe('192.0.2.1');
  expect(await db('audit_outbox').where({ objectType: 'api_key_uses' })).toEqual([]);
});

test('calls with a key are braked by key, calls with wrong keys by address', async () => {
  const strict = await startApi({
    attempts: memoryAttempts({ badKeyByAddress: { points: 2, seconds: 60 }, callsByKey: { points: 3, seconds: 60 } }),
  });
  try {
    const as = await strict.signIn('DO');
    const expiresAt = inDays(1);
    const body = { name: 'Busy', unitId: strict.organisation.office, permissions: ['holder.read'], expiresAt };
    const keys = [];
    for (let i = 0; i < 2; i++) keys.push((await strict.call('POST', '/api/api-keys', { as, body })).body as unknown as Key);
    const statuses = async (headers: Record<string, string>) => {
      const answers = [];
      for (let i = 0; i < 4; i++) answers.push((await strict.call('GET', '/api/holders', { headers })).status);
      return answers;
    };
    for (const key of keys) expect(await statuses(using(key).headers)).toEqual([200, 200, 200, 429]);
    expect(await statuses({ Authorization: 'Bearer wrong' })).toEqual([401, 401, 429, 429]);
  } finally {
    await strict.close();
  }
});

test('keys of the unit are seen and ended by who manages it; others do not find them', async () => {
  const db = api.database.operations;
  const { id } = await make();
  await operator(db, { login: 'keys-other', role: 'DO', unitId: api.organisation.otherOffice, visibility: 'office' });
  await operator(db, { login: 'keys-own', role: 'DO', unitId: api.organisation.office, visibility: 'own' });
  for (const login of ['keys-other', 'keys-own']) {
    const as = await api.signIn(login);
    expect((await api.call('GET', '/api/api-keys', { as })).text).not.toContain(id);
    expect(said(await api.call('POST', `/api/api-keys/${id}/revocation`, { as }))).toEqual({ status: 404, code: 'not_found' });
  }
  const as = await api.signIn('SA');
  expect((await api.call('GET', '/api/api-keys', { as })).text).toContain(id);
  expect((await api.call('POST', `/api/api-keys/${id}/revocation`, { as })).body.state).toBe('revoked');
});
