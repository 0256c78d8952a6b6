import { createHash, X509Certificate } from 'node:crypto';

import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { issueCertificate } from '../pki/certificate.ts';
import type { CertificatePlan } from '../pki/certificate-plan.ts';
import { holder, operator, person } from '../test/support/api-organisation.ts';
import { seedDevice, seedRequest } from '../test/support/api-records.ts';
import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { testCa, type TestCa } from '../test/support/test-ca.ts';

const secret = 'a secret of proxy and API, 32 or more';
const dayMs = 86_400_000;
let api: TestApi;
let direct: TestApi;
let ca: TestCa;
beforeAll(async () => {
  [api, direct, ca] = await Promise.all([
    startApi({ trustedProxies: ['127.0.0.0/8'], proxySecret: secret }),
    startApi({ proxySecret: secret }),
    testCa(),
  ]);
});
afterAll(() => Promise.all([api.close(), direct.close()]));

const db = () => api.database.operations;

let cards = 0;

/** A card of a new holder, active; its certificate on record as issued. */
async function card(changes: Partial<CertificatePlan> = {}, at = api) {
  const { office, operators, profileId } = at.organisation;
  const [knex, plan] = [at.database.operations, ca.plan(changes)];
  const holderId = await holder(knex, { unitId: office, registeredBy: operators.RO, data: person({ taxCode: `RSSNNA80A41H${++cards}` }) });
  await knex('accounts').insert({ id: uuid(), login: `${holderId}@example.it`, passwordHash: 'none', holderId });
  const requestId = await seedRequest(knex, { unitId: office, holderId, registeredBy: operators.RO, profileId });
  const { deviceId, certificateId } = await seedDevice(knex, { requestId, state: 'active' });
  const der = await issueCertificate(plan);
  const spkiSha256 = createHash('sha256').update(plan.spki).digest();
  await knex('certificates').where({ id: certificateId }).update({ der, spkiSha256, state: 'active' });
  return { holderId, deviceId, certificateId, der, plan };
}

const present = (der: Buffer, headers: Record<string, string> = {}, at = api): Promise<ApiAnswer> =>
  at.call('POST', '/api/session/certificate', {
    headers: { 'X-Proxy-Secret': secret, 'X-Client-Cert': encodeURIComponent(new X509Certificate(der).toString()), ...headers },
  });

const refused = { status: 403, body: { code: 'certificate_refused' } };

test('an active card signs its holder in, and the session holds', async () => {
  const { holderId, der } = await card();
  const answer = await present(der);
  expect(answer).toMatchObject({ status: 200, body: { kind: 'holder', id: holderId } });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect((await api.call('GET', '/api/me', { as: cookie })).body.id).toBe(holderId);
  expect(await db()('sessions').orderBy('created_at', 'desc').first('methods')).toEqual({ methods: ['sc'] });
});

test('a card whose tax code is an operator’s signs the operator in, unless two have it or the operator is off', async () => {
  const taxCode = 'MRCLNE84C62H501B';
  const { der } = await card({ subject: [['serialNumber', `TINIT-${taxCode}`]] });
  const newOperator = async (login: string) => {
    const id = await operator(db(), { login, role: 'RO', unitId: api.organisation.office, visibility: 'office' });
    await db()('operators').where({ id }).update({ taxCode });
    return id;
  };
  const first = await newOperator('elena');
  expect(await present(der)).toMatchObject({ status: 200, body: { kind: 'operator', id: first } });
  await db()('operators').where({ id: first }).update({ active: false });
  expect(await present(der)).toMatchObject(refused);
  await newOperator('elena2');
  expect(await present(der)).toMatchObject(refused);
});

test('correcting the tax code of a holder to an operator’s makes nobody that operator', async () => {
  const { holderId, der } = await card();
  await db()('operators').where({ id: api.organisation.operators.SA }).update({ taxCode: 'VRDLGI70A01H501Z' });
  await db()('holders').where({ id: holderId }).update({ taxCode: 'VRDLGI70A01H501Z' });
  expect((await present(der)).body).toMatchObject({ kind: 'holder', id: holderId });
});

test.each([
  ['devices', 'suspended'],
  ['devices', 'revoked'],
  ['certificates', 'on_hold'],
  ['certificates', 'revocation_pending'],
])('%s that are %s sign nobody in, from then on', async (table, state) => {
  const { der, deviceId, certificateId } = await card();
  expect((await present(der)).status).toBe(200);
  await db()(table)
    .where({ id: table === 'devices' ? deviceId : certificateId })
    .update({ state });
  expect(await present(der)).toMatchObject(refused);
});

test.each<[string, () => Partial<CertificatePlan>]>([
  ['that is over', () => ({ notAfter: new Date(Date.now() - 1000) })],
  ['that is not yet in force', () => ({ notBefore: new Date(Date.now() + dayMs) })],
  ['that is not for signing in', () => ({ profile: { ...ca.plan().profile, extendedKeyUsage: ['emailProtection'] } })],
])('a certificate of ours %s is refused', async (_, changes) => {
  expect(await present((await card(changes())).der)).toMatchObject(refused);
});

test('a certificate with name and key of one of ours, from whatever CA, is not that one; nor is a CA', async () => {
  const { plan } = await card();
  const other = await testCa();
  const twin = await issueCertificate({ ...plan, signer: other.signer, issuer: other.certificate });
  expect(await present(twin)).toMatchObject(refused);
  expect(await present(await issueCertificate({ ...plan, serial: ca.plan().serial }))).toMatchObject(refused);
  expect(await present(ca.certificate.der)).toMatchObject(refused);
});

test('the header alone proves nothing: without the secret, with another, or from no proxy of ours it is not read', async () => {
  const { der } = await card();
  for (const forged of ['', 'guess', `${secret} `.trim().slice(1)])
    expect(await present(der, { 'X-Proxy-Secret': forged })).toMatchObject(refused);
  expect(await present(der, { 'X-Client-Cert': 'no%certificate' })).toMatchObject(refused);
  expect(await present((await card({}, direct)).der, {}, direct)).toMatchObject(refused);
});

test('a refusal is audited, without what the certificate says', async () => {
  await present(ca.certificate.der);
  const row = await db()('audit_outbox').orderBy('id', 'desc').first<{ detail: unknown }>('detail');
  expect(row.detail).toEqual({ kind: 'sign_in_failed', address: '127.0.0.1', by: 'certificate' });
});
