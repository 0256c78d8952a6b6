import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { operator } from '../support/api-organisation.ts';
import { startApi, type TestApi } from '../support/api.ts';

/** Abuse case A10 (OpenBao CVE-2025-54996, CVE-2025-64761; Vault CVE-2025-5999): a mighty name in another spelling. */
let api: TestApi;
let sa: string;
beforeAll(async () => {
  api = await startApi();
  sa = await api.signIn('SA');
});
afterAll(() => api.close());

const role = (code: string) => ({ code, name: { en: 'Twin', it: 'Gemello' }, permissions: ['home.read'], offeredIn: [] });
const spellings = ['SA', 'sa', ' SA', 'SA ', 'Sa', 'SA\u00a0', 'ＳＡ', 'SА', 'S\u200bA', 'SA\u0000', 'ſA'];

test.each(spellings)('no second role is made by the name %j', async (code) => {
  const { status } = await api.call('POST', '/api/roles', { as: sa, body: role(code) });
  expect([409, 422]).toContain(status);
});

test.each(spellings.slice(1))('an assignment to the role %j is not one to SA', async (code) => {
  const { id } = await api.database.operations('operators').where({ email: 'ro@example.it' }).first<{ id: string }>('id');
  const body = { role: code, unitId: api.organisation.office, visibility: 'office' };
  const { status } = await api.call('POST', `/api/operators/${id}/assignments`, { as: sa, body });
  expect([403, 404, 422]).toContain(status);
});

test('a name with an end in its middle is refused in a file of operators too', async () => {
  const body = { rows: [{ line: 1, values: { email: 'nul@example.it', givenName: 'N', familyName: 'U', role: 'SA\u0000', unit: 'x' } }] };
  expect((await api.call('POST', '/api/operators/import', { as: sa, body })).status).toBe(422);
});

test('a role whose code only looks like another gives what its own row says', async () => {
  const db = api.database.operations;
  await db('roles').insert(['sa', 'SA ', 'ＳＡ'].map((code) => ({ code, nameEn: 'x', nameIt: 'x', permissions: [], shipped: false })));
  for (const [i, code] of ['sa', 'SA ', 'ＳＡ'].entries()) {
    await operator(db, { login: `like${i}`, role: code, unitId: api.organisation.root, visibility: 'all' });
    const as = await api.signIn(`like${i}`);
    expect((await api.call('GET', '/api/operators', { as })).status).toBe(403);
  }
});

test('two spellings of one login are one account, and no second is made', async () => {
  const db = api.database.operations;
  const operatorId = await operator(db, { login: 'twin', role: 'RO', unitId: api.organisation.office, visibility: 'own' });
  await expect(
    db('accounts').insert({ id: uuid(), login: 'TWIN@Example.it', passwordHash: 'x', holderId: api.organisation.holderId }),
  ).rejects.toThrow(/unique/);
  const { body } = await api.call('POST', '/api/session', { body: { login: ' TWIN@EXAMPLE.IT ', password: 'correct horse battery' } });
  expect(body.id).toBe(operatorId);
});
