import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { issueCertificate } from '../pki/certificate.ts';
import type { CertificatePlan } from '../pki/certificate-plan.ts';
import { holder, operator, person } from '../test/support/api-organisation.ts';
import { seedDevice, seedRequest } from '../test/support/api-records.ts';
import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { testCa, type TestCa } from '../test/support/test-ca.ts';
import { tlsCa } from '../test/support/tls.ts';
import { cardServer } from './web-server.ts';

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
  at.call('GET', '/api/session/certificate', {
    headers: { 'X-Proxy-Secret': secret, 'X-Client-Cert': encodeURIComponent(new X509Certificate(der).toString()), ...headers },
  });

const cookieOfNew = ({ headers }: ApiAnswer): string => headers.getSetCookie()[0]?.split(';')[0] ?? '';
const me = async (answer: ApiAnswer) => (await api.call('GET', '/api/me', { as: cookieOfNew(answer) })).body;

/** Back at the sign-in page, with no session. */
async function expectRefusal(answer: Promise<ApiAnswer>): Promise<void> {
  const { status, headers } = await answer;
  expect([status, headers.get('Location'), headers.getSetCookie()]).toEqual([
    303,
    'http://127.0.0.1/sign-in?problem=certificate_refused',
    [],
  ]);
}

test('an active card signs its holder in, and the session holds', async () => {
  const { holderId, der } = await card();
  const answer = await present(der);
  expect([answer.status, answer.headers.get('Location')]).toEqual([303, 'http://127.0.0.1/my/cards']);
  expect(await me(answer)).toMatchObject({ kind: 'holder', id: holderId });
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
  const answer = await present(der);
  expect([answer.headers.get('Location'), await me(answer)]).toEqual(['http://127.0.0.1/', expect.objectContaining({ id: first })]);
  await db()('operators').where({ id: first }).update({ active: false });
  await expectRefusal(present(der));
  await newOperator('elena2');
  await expectRefusal(present(der));
});

test('correcting the tax code of a holder to an operator’s makes nobody that operator', async () => {
  const { holderId, der } = await card();
  await db()('operators').where({ id: api.organisation.operators.SA }).update({ taxCode: 'VRDLGI70A01H501Z' });
  await db()('holders').where({ id: holderId }).update({ taxCode: 'VRDLGI70A01H501Z' });
  expect(await me(await present(der))).toMatchObject({ kind: 'holder', id: holderId });
});

test.each([
  ['devices', 'suspended'],
  ['devices', 'revoked'],
  ['certificates', 'on_hold'],
  ['certificates', 'revocation_pending'],
])('%s that are %s sign nobody in, from then on', async (table, state) => {
  const { der, deviceId, certificateId } = await card();
  expect((await present(der)).headers.getSetCookie()).toHaveLength(1);
  await db()(table)
    .where({ id: table === 'devices' ? deviceId : certificateId })
    .update({ state });
  await expectRefusal(present(der));
});

test.each<[string, () => Partial<CertificatePlan>]>([
  ['that is over', () => ({ notAfter: new Date(Date.now() - 1000) })],
  ['that is not yet in force', () => ({ notBefore: new Date(Date.now() + dayMs) })],
  ['that is not for signing in', () => ({ profile: { ...ca.plan().profile, extendedKeyUsage: ['emailProtection'] } })],
])('a certificate of ours %s is refused', async (_, changes) => {
  await expectRefusal(present((await card(changes())).der));
});

test('a certificate with name and key of one of ours, from whatever CA, is not that one; nor is a CA', async () => {
  const { plan } = await card();
  const other = await testCa();
  const twin = await issueCertificate({ ...plan, signer: other.signer, issuer: other.certificate });
  await expectRefusal(present(twin));
  await expectRefusal(present(await issueCertificate({ ...plan, serial: ca.plan().serial })));
  await expectRefusal(present(ca.certificate.der));
});

test('the header alone proves nothing: without the secret, with another, or from no proxy of ours it is not read', async () => {
  const { der } = await card();
  for (const forged of ['', 'guess', secret.slice(1)]) await expectRefusal(present(der, { 'X-Proxy-Secret': forged }));
  await expectRefusal(present(der, { 'X-Client-Cert': 'no%certificate' }));
  await expectRefusal(present((await card({}, direct)).der, {}, direct));
});

test('a refusal is audited, without what the certificate says', async () => {
  await present(ca.certificate.der);
  const row = await db()('audit_outbox').orderBy('id', 'desc').first<{ detail: unknown }>('detail');
  expect(row.detail).toEqual({ kind: 'sign_in_failed', address: '127.0.0.1', by: 'certificate' });
});

/** The browser's side of the port that asks for certificates. */
interface Browser {
  cert?: string;
  key?: string;
  path?: string;
  session?: Buffer;
}

test('over TLS a card signs in by the handshake alone, nothing else is there, and no handshake is resumed', async () => {
  const tls = await tlsCa('servers');
  const server = cardServer({
    tls: await tls.issue('127.0.0.1'),
    publicUrl: 'http://127.0.0.1',
    answer: (request, response) => void direct.server.emit('request', request, response),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  let resumable: Buffer | undefined;
  const get = ({ path = '/api/session/certificate?next=/desk', ...own }: Browser): Promise<[string | undefined, number]> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const asked = secureRequest({ ...own, port, host: '127.0.0.1', ca: tls.pem, path, agent: false }, (response) => {
        response.resume().on('end', () => resolve([response.headers.location, response.headers['set-cookie']?.length ?? 0]));
      });
      asked.on('socket', (socket) => socket.on('session', (session: Buffer) => (resumable = session)));
      asked.on('error', reject).end();
    });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { der, deviceId } = await card({ spki: publicKey.export({ type: 'spki', format: 'der' }) }, direct);
  const browser = { cert: new X509Certificate(der).toString(), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };

  expect(await get(browser)).toEqual(['http://127.0.0.1/my/cards', 1]);
  const back = 'http://127.0.0.1/sign-in?problem=certificate_refused&next=%2Fdesk';
  expect(await get({ ...(resumable && { session: resumable }) })).toEqual([back, 0]);
  expect(await get(await tls.issue('anna.example'))).toEqual([back, 0]);
  expect(await get({ ...browser, path: '/api/me' })).toEqual(['http://127.0.0.1/api/me', 0]);
  await direct.database.operations('devices').where({ id: deviceId }).update({ state: 'suspended' });
  expect(await get(browser)).toEqual([back, 0]);
});
