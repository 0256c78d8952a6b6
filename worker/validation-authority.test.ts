import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { memoryLedger } from '../test/support/memory-ledger.ts';
import { openssl } from '../test/support/openssl.ts';
import { testCa, type TestCa } from '../test/support/test-ca.ts';
import { failure } from '../domain/errors.ts';
import type { Signer } from '../domain/signer.ts';
import { issueCertificate } from '../pki/certificate.ts';
import { publishedCa } from './published-ca.ts';
import { validationAuthority } from './validation-authority.ts';

let ca: TestCa;
let server: ReturnType<typeof validationAuthority>;
let address: string;
const ledger = memoryLedger();
/** What the HSM does with data to sign; replaced where it is in trouble. */
let hsm: Signer['sign'] = (data) => ca.signer.sign(data);

beforeAll(async () => {
  ca = await testCa();
  const clock = () => new Date();
  const { spec, spki } = ca.signer;
  const signer: Signer = { spec, spki, sign: (data) => hsm(data) };
  const published = publishedCa({ code: 'main', certificate: ca.certificate.der, signer, ledger, clock });
  server = validationAuthority(new Map([['main', published]]), pino({ level: 'silent' }), () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function certificate(): Promise<{ der: Buffer; serial: string }> {
  const plan = ca.plan();
  const { serial, notAfter } = plan;
  const der = await issueCertificate(plan);
  await ledger.reserve({ ca: 'main', serial, clientRef: serial, orderHash: Buffer.alloc(32), notAfter });
  await ledger.keepCertificate({ ca: 'main', serial, certificate: der });
  return { der, serial };
}

async function files(der: Buffer): Promise<Awaited<ReturnType<typeof openssl>>> {
  const run = await openssl();
  await run.write('root.der', ca.certificate.der);
  await run.write('card.der', der);
  for (const name of ['root', 'card']) await run('x509', '-inform', 'DER', '-in', `${name}.der`, '-out', `${name}.pem`);
  return run;
}

test('openssl ocsp sees good, a hold, its end, and a revocation at once, each answer signed and with the nonce', async () => {
  const { der, serial } = await certificate();
  const run = await files(der);
  const ask = () =>
    run('ocsp', '-issuer', 'root.pem', '-cert', 'card.pem', '-url', `${address}/ocsp/main`, '-CAfile', 'root.pem', '-nonce');
  const set = (status: 'good' | 'held' | 'revoked', reason: 'certificateHold' | 'keyCompromise' | null) =>
    ledger.setStatus({ ca: 'main', serial, from: ['good', 'held'], status, reason, since: new Date() });
  const good = await ask();
  expect(good).toContain('Response verify OK');
  expect(good).toContain('card.pem: good');
  expect(good).not.toContain('WARNING');
  await set('held', 'certificateHold');
  expect(await ask()).toMatch(/card.pem: revoked[\s\S]*certificateHold/);
  await set('good', null);
  expect(await ask()).toContain('card.pem: good');
  await set('revoked', 'keyCompromise');
  expect(await ask()).toMatch(/card.pem: revoked[\s\S]*keyCompromise/);
});

test('a certificate that this CA never signed is unknown', async () => {
  const run = await files(await issueCertificate(ca.plan()));
  expect(await run('ocsp', '-issuer', 'root.pem', '-cert', 'card.pem', '-url', `${address}/ocsp/main`, '-CAfile', 'root.pem')).toContain(
    'card.pem: unknown',
  );
});

test('the same question by GET gets the same kind of answer', async () => {
  const { der } = await certificate();
  const run = await files(der);
  await run('ocsp', '-issuer', 'root.pem', '-cert', 'card.pem', '-no_nonce', '-reqout', 'request.der');
  const request = await run.read('request.der');
  const response = await fetch(`${address}/ocsp/main/${encodeURIComponent(request.toString('base64'))}`);
  expect(response.headers.get('content-type')).toBe('application/ocsp-response');
  await run.write('response.der', Buffer.from(await response.arrayBuffer()));
  const read = await run('ocsp', '-respin', 'response.der', '-issuer', 'root.pem', '-cert', 'card.pem', '-CAfile', 'root.pem', '-no_nonce');
  expect(read).toContain('card.pem: good');
});

test.each([Buffer.from('no request'), Buffer.alloc(0), Buffer.alloc(100_000)])(
  'what is no request is answered as malformed',
  async (body) => {
    const response = await fetch(`${address}/ocsp/main`, { method: 'POST', body });
    expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe('30030a0101');
  },
);

test.each(['/', '/crl/other.crl', '/crl/main', '/ca/other.crt', '/ocsp/main', '/crl/main.crl/x', '/%00'])(
  '%s is not found',
  async (path) => {
    expect((await fetch(`${address}${path}`)).status).toBe(404);
  },
);

test('the CA certificate, and the CRL once there is one', async () => {
  const response = await fetch(`${address}/ca/main.crt`);
  expect(response.headers.get('content-type')).toBe('application/pkix-cert');
  expect(Buffer.from(await response.arrayBuffer())).toEqual(ca.certificate.der);
  expect((await fetch(`${address}/crl/main.crl`)).status).toBe(404);
  const der = Buffer.from('30', 'hex');
  await ledger.publish({ ca: 'main', make: async () => ({ number: 1, thisUpdate: new Date(), nextUpdate: new Date(), der }) });
  const crl = await fetch(`${address}/crl/main.crl`);
  expect(crl.headers.get('content-type')).toBe('application/pkix-crl');
  expect(Buffer.from(await crl.arrayBuffer())).toEqual(der);
});

test.each([
  ['/ocsp/main/%', 200],
  ['/ocsp/main/%ff', 200],
  ['//', 404],
  ['//[/', 404],
  ['/ocsp/__proto__/AA', 404],
])('an address that cannot be read is no defect: %s', async (path, status) => {
  const { port, hostname } = new URL(address);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ hostname, port, path }, resolve).on('error', reject);
  });
  answer.resume();
  expect(answer.statusCode).toBe(status);
});

test.each([
  ['gone', () => Promise.reject(failure('hsm_unavailable', 'away'))],
  ['too slow', () => new Promise<Buffer>(() => undefined)],
])('while the HSM is %s OCSP says to try later, and CRL and CA certificate are served', async (_, trouble) => {
  const { der } = await certificate();
  const run = await files(der);
  const ask = () => run('ocsp', '-issuer', 'root.pem', '-cert', 'card.pem', '-url', `${address}/ocsp/main`, '-CAfile', 'root.pem');
  hsm = trouble;
  try {
    await expect(ask()).rejects.toThrow('trylater');
    expect((await fetch(`${address}/ca/main.crt`)).status).toBe(200);
    expect((await fetch(`${address}/crl/main.crl`)).status).toBeLessThan(500);
  } finally {
    hsm = (data) => ca.signer.sign(data);
  }
  expect(await ask()).toContain('card.pem: good');
});
