import { expect, test } from 'vitest';

import type { KeySpec } from '../domain/signer.ts';
import { memorySigner } from '../test/support/memory-signer.ts';
import type { OpenSsl } from '../test/support/openssl.ts';
import { openssl } from '../test/support/openssl.ts';
import type { TestCa } from '../test/support/test-ca.ts';
import { testCa } from '../test/support/test-ca.ts';
import { issueCertificate } from './certificate.ts';
import { constructed, integer, octetString, oid, sequence, NULL } from './der.ts';
import { extension, extensionIds } from './extensions.ts';
import type { CertId } from './ocsp-request.ts';
import { issuedBy, parseOcspRequest } from './ocsp-request.ts';
import type { OcspAnswer, OcspStatus } from './ocsp-response.ts';
import { buildOcspResponse, ocspError } from './ocsp-response.ts';
import { encodePem } from './pem.ts';

const since = new Date('2026-03-01T10:00:00Z');
const now = () => new Date();

async function answer(
  ca: TestCa,
  request: Buffer,
  statusOf: (id: CertId) => OcspStatus,
  changes: Partial<OcspAnswer> = {},
): Promise<Buffer> {
  const { certIds, nonce } = parseOcspRequest(request);
  const times = { thisUpdate: now(), nextUpdate: new Date(Date.now() + 3_600_000) };
  const responses = certIds.map((certId) => ({ certId, status: statusOf(certId), ...times }));
  return buildOcspResponse({ signer: ca.signer, producedAt: now(), responses, ...(nonce && { nonce }), ...changes });
}

async function world(spec: KeySpec = 'P-256') {
  const run = await openssl();
  const ca = await testCa(spec);
  await run.write('ca.pem', encodePem('CERTIFICATE', ca.certificate.der));
  const serials: Record<string, string> = {};
  for (const name of ['anna', 'bruno', 'carla', 'dario']) {
    const plan = ca.plan();
    serials[name] = plan.serial;
    await run.write(`${name}.pem`, encodePem('CERTIFICATE', await issueCertificate(plan)));
  }
  return { run, ca, serials };
}

/** Verifies the answer; openssl compares the nonce with `-reqin`, and prints single statuses only with `-cert`, which makes it forget `-reqin`. */
async function check(run: OpenSsl, ...args: string[]): Promise<string> {
  const common = ['ocsp', '-issuer', 'ca.pem', '-respin', 'a.der', '-CAfile', 'ca.pem'];
  const compared = await run(...common, '-reqin', 'r.der');
  expect(compared).toContain('Response verify OK');
  expect(compared).not.toMatch(/nonce/i);
  return run(...common, '-no_nonce', ...args);
}

const ask = async (run: OpenSsl, ...args: string[]) => {
  await run('ocsp', '-issuer', 'ca.pem', ...args, '-reqout', 'r.der');
  return run.read('r.der');
};

test.each<[KeySpec, string]>([
  ['P-256', '-sha1'],
  ['P-256', '-sha256'],
  ['P-384', '-sha256'],
  ['RSA-2048', '-sha1'],
  ['RSA-3072', '-sha256'],
])('openssl accepts answers of an %s CA about good, held, revoked and unknown certificates (%s)', async (spec, hash) => {
  const { run, ca, serials } = await world(spec);
  const names = ['anna', 'bruno', 'carla', 'dario'];
  const request = await ask(run, hash, ...names.flatMap((name) => ['-cert', `${name}.pem`]));
  const status = new Map<string | undefined, OcspStatus>([
    [serials['anna'], { state: 'good' }],
    [serials['bruno'], { state: 'revoked', since, reason: 'certificateHold' }],
    [serials['carla'], { state: 'revoked', since, reason: 'unspecified' }],
  ]);
  await run.write('a.der', await answer(ca, request, ({ serial }) => status.get(serial) ?? { state: 'unknown' }));
  const text = await check(run, hash, ...names.flatMap((name) => ['-cert', `${name}.pem`]));
  expect(text).toContain('anna.pem: good');
  expect(text).toMatch(/bruno\.pem: revoked[^]*?Reason: certificateHold\s+Revocation Time: Mar {2}1 10:00:00 2026 GMT/);
  expect(text).toMatch(/carla\.pem: revoked\s+This Update[^\n]*\s+Next Update[^\n]*\s+Revocation Time/);
  expect(text).toContain('dario.pem: unknown');
});

test('a request without a nonce gets none, another nonce is noticed', async () => {
  const { run, ca } = await world();
  const good = (): OcspStatus => ({ state: 'good' });
  const plain = await ask(run, '-no_nonce', '-cert', 'anna.pem');
  expect(parseOcspRequest(plain).nonce).toBeUndefined();
  await run.write('a.der', await answer(ca, plain, good));
  expect(await run('ocsp', '-issuer', 'ca.pem', '-respin', 'a.der', '-CAfile', 'ca.pem', '-resp_text')).not.toContain('Nonce');
  const nonced = await ask(run, '-nonce', '-cert', 'anna.pem');
  await run.write('a.der', await answer(ca, nonced, good, { nonce: Buffer.alloc(16, 1) }));
  await expect(check(run)).rejects.toThrow(/Nonce Verify error/i);
});

test('an appointed responder answers with its certificate', async () => {
  const { run, ca } = await world();
  const signer = memorySigner('P-384');
  await run.write('ca.key', ca.signer.privateKeyPem);
  await run.write('ocsp.key', signer.privateKeyPem);
  await run.write('ext', 'extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n');
  await run('req', '-new', '-key', 'ocsp.key', '-subj', '/CN=OCSP', '-out', 'ocsp.csr');
  await run(
    'x509',
    '-req',
    '-in',
    'ocsp.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-set_serial',
    '77',
    '-extfile',
    'ext',
    '-outform',
    'DER',
    '-out',
    'ocsp.der',
  );
  const responderCertificate = await run.read('ocsp.der');
  const request = await ask(run, '-cert', 'anna.pem');
  await run.write('a.der', await answer(ca, request, () => ({ state: 'good' }), { signer, responderCertificate }));
  expect(await check(run, '-cert', 'anna.pem')).toContain('anna.pem: good');
});

test('an answer signed by somebody else is refused', async () => {
  const { run, ca } = await world();
  const request = await ask(run, '-cert', 'anna.pem');
  await run.write('a.der', await answer(ca, request, () => ({ state: 'good' }), { signer: memorySigner('P-256') }));
  await expect(check(run)).rejects.toThrow(/Verify Failure/i);
});

test.each([
  ['malformedRequest', 'malformedrequest (1)'],
  ['internalError', 'internalerror (2)'],
  ['tryLater', 'trylater (3)'],
  ['unauthorized', 'unauthorized (6)'],
] as const)('openssl reads the error %s', async (error, text) => {
  const run = await openssl();
  await run.write('a.der', ocspError(error));
  await expect(run('ocsp', '-respin', 'a.der', '-noverify')).rejects.toThrow(text);
});

test('a certificate of another CA is told apart, by SHA-1 and by SHA-256', async () => {
  const { run, ca, serials } = await world();
  const other = await testCa();
  for (const hash of ['-sha1', '-sha256']) {
    const [id] = parseOcspRequest(await ask(run, hash, '-cert', 'anna.pem')).certIds;
    if (!id) throw new Error('no CertID');
    expect([id.serial, id.hash, issuedBy(ca.certificate)(id), issuedBy(other.certificate)(id)]).toEqual([
      serials['anna'],
      hash.slice(1),
      true,
      false,
    ]);
    // Same name, other key: both CAs of this test are called alike.
    expect(issuedBy(other.certificate)({ ...id, issuerKeyHash: Buffer.alloc(20) })).toBe(false);
  }
});

const sha1 = sequence(oid('1.3.14.3.2.26'), NULL);
const certId = (algorithm = sha1) => sequence(algorithm, octetString(Buffer.alloc(20)), octetString(Buffer.alloc(20)), integer(5));
const request = (ids: Buffer[], ...extensions: Buffer[]) =>
  sequence(
    sequence(sequence(...ids.map((id) => sequence(id))), ...(extensions.length > 0 ? [constructed(2, sequence(...extensions))] : [])),
  );
const nonce = (length: number) => extension(extensionIds.ocspNonce, octetString(Buffer.alloc(length, 1)));

test('a nonce has 1 to 128 bytes', () => {
  for (const length of [1, 32, 128]) expect(parseOcspRequest(request([certId()], nonce(length))).nonce).toHaveLength(length);
  for (const length of [0, 129, 4_000]) {
    expect(() => parseOcspRequest(request([certId()], nonce(length)))).toThrow(expect.objectContaining({ type: 'malformed_request' }));
  }
});

test.each([
  ['nothing asked', request([])],
  ['too much asked', request(Array.from({ length: 65 }, () => certId()))],
  ['MD5', request([certId(sequence(oid('1.2.840.113549.2.5'), NULL))])],
  ['two nonces', request([certId()], nonce(8), nonce(8))],
  ['an unknown critical extension', request([certId()], extension('1.2.3', NULL, true))],
  ['a megabyte', Buffer.alloc(1_000_000, 0x30)],
  ['nothing at all', Buffer.alloc(0)],
])('a request with %s is malformed', (_, der) => {
  expect(() => parseOcspRequest(der)).toThrow(expect.objectContaining({ type: 'malformed_request' }));
});
