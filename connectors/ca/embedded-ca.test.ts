import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { caLedger } from '../../db/stores/ca-ledger.ts';
import { caStore } from '../../db/stores/cas.ts';
import { system } from '../../domain/actor.ts';
import { buildCsr } from '../../pki/csr.ts';
import { parseCertificate } from '../../pki/parse-certificate.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { memoryLedger } from '../../test/support/memory-ledger.ts';
import { memorySigner } from '../../test/support/memory-signer.ts';
import { openssl } from '../../test/support/openssl.ts';
import { testCa, type TestCa } from '../../test/support/test-ca.ts';
import type { CertificateAuthority, CertificateOrder } from './ca.ts';
import type { CaLedger } from './ca-ledger.ts';
import { embeddedCa } from './embedded-ca.ts';

let root: TestCa;
let database: TestDatabase;
beforeAll(async () => {
  root = await testCa();
  database = await createTestDatabase();
  await caStore(database.operations).register({
    by: system,
    code: 'main',
    name: 'Test CA',
    kind: 'embedded',
    keyLabel: 'x',
    certificate: root.certificate.der,
  });
});
afterAll(() => database.drop());

/** Signatures made by the CA's key: what must not be made twice for an order. */
let signatures = 0;
/** Calls of the HSM's random generator. */
let draws = 0;
let now = new Date('2026-11-24T12:00:00.000Z');
const open = (ledger: CaLedger): CertificateAuthority =>
  embeddedCa({
    code: 'main',
    certificate: root.certificate.der,
    signer: { spec: root.signer.spec, spki: root.signer.spki, sign: (data) => (signatures++, root.signer.sign(data)) },
    random: (length) => (draws++, Promise.resolve(randomBytes(length))),
    ledger,
    urls: { crl: 'http://pki.example/crl/main.crl', ocsp: 'http://pki.example/ocsp/main', caIssuers: 'http://pki.example/ca/main.crt' },
    clock: () => now,
  });

const key = memorySigner('P-256');
const orderFor = async (signer = key): Promise<CertificateOrder> => ({
  csr: await buildCsr(signer, [['CN', 'Somebody else entirely']]),
  subject: [
    ['C', 'IT'],
    ['CN', 'Anna Rossi'],
  ],
  subjectAltNames: { email: 'anna.rossi@aurelia.example' },
  profile: { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'], policies: [] },
  notBefore: new Date('2026-11-24T11:55:00.000Z'),
  notAfter: new Date('2027-11-24T11:55:00.000Z'),
});

let references = 0;
const newReference = () => `device-${++references}/signature`;

async function issued(ca: CertificateAuthority, clientRef = newReference()) {
  const answer = await ca.submit(await orderFor(), clientRef);
  if (answer.state !== 'issued') throw new Error(answer.state);
  return answer;
}

describe.each([
  { name: 'memory', make: () => memoryLedger() },
  { name: 'PostgreSQL', make: (): CaLedger => caLedger(database.operations) },
])('with its ledger in $name', ({ make }) => {
  test('nothing of the CSR but the key enters the certificate', async () => {
    const { certificate, serial } = await issued(open(make()));
    const parsed = parseCertificate(certificate);
    expect(parsed.spki).toEqual(key.spki);
    expect(parsed.serial).toBe(serial);
    expect(certificate.includes('Somebody else')).toBe(false);
    expect(certificate.includes('Anna Rossi')).toBe(true);
  });

  test('an order that comes again gets the same certificate and signs nothing, whatever its CSR signature', async () => {
    const ca = open(make());
    const reference = newReference();
    const first = await issued(ca, reference);
    const before = signatures;
    expect(await issued(ca, reference)).toEqual(first);
    expect(await ca.lookup(reference)).toEqual(first);
    expect(signatures).toBe(before);
  });

  test('orders that come at once get one certificate', async () => {
    const ca = open(make());
    const reference = newReference();
    const answers = await Promise.all(Array.from({ length: 8 }, () => issued(ca, reference)));
    expect(new Set(answers.map((a) => a.certificate.toString('hex'))).size).toBe(1);
  });

  test('many at once have serials of their own from few calls of the generator', async () => {
    const ca = open(make());
    await issued(ca);
    const before = draws;
    const serials = (await Promise.all(Array.from({ length: 40 }, () => issued(ca)))).map((answer) => answer.serial);
    expect(new Set(serials).size).toBe(40);
    expect(draws).toBe(before);
  });

  test('another order under the same reference is refused', async () => {
    const ca = open(make());
    const reference = newReference();
    await issued(ca, reference);
    await expect(ca.submit({ ...(await orderFor()), subject: [['CN', 'Other']] }, reference)).rejects.toMatchObject({ type: 'ca_refused' });
    await expect(ca.submit(await orderFor(memorySigner('P-256')), reference)).rejects.toMatchObject({ type: 'ca_refused' });
  });

  test.each(['reserve', 'keepCertificate'] as const)('killed after %s it goes on with the same serial', async (step) => {
    const ledger = make();
    const reference = newReference();
    let serial: string | undefined;
    const dying: CaLedger = {
      ...ledger,
      [step]: async (input: never) => {
        serial = (await ledger[step](input)).serial;
        throw new Error('killed');
      },
    };
    await expect(issued(open(dying), reference)).rejects.toThrow('killed');
    const looked = await open(ledger).lookup(reference);
    expect(looked.state).toBe(step === 'reserve' ? 'unknown_order' : 'issued');
    expect((await issued(open(ledger), reference)).serial).toBe(serial);
  });

  test('a CSR that another key signed is refused, and nothing is reserved', async () => {
    const ca = open(make());
    const csr = Buffer.from((await orderFor()).csr);
    csr[csr.length - 1] = (csr.at(-1) as number) ^ 1;
    const reference = newReference();
    await expect(ca.submit({ ...(await orderFor()), csr }, reference)).rejects.toMatchObject({ type: 'csr_invalid' });
    expect(await ca.lookup(reference)).toEqual({ state: 'unknown_order' });
  });

  test('suspension, reactivation and revocation; what is revoked stays revoked', async () => {
    const ca = open(make());
    const { serial } = await issued(ca);
    expect(await ca.status(serial)).toMatchObject({ status: 'good' });
    expect(await ca.suspend(serial)).toMatchObject({ status: 'held', reason: 'certificateHold', since: now });
    expect(await ca.suspend(serial)).toMatchObject({ status: 'held' });
    expect(await ca.reactivate(serial)).toMatchObject({ status: 'good' });
    expect(await ca.revoke(serial, 'keyCompromise')).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
    expect(await ca.revoke(serial, 'superseded')).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
    await expect(ca.reactivate(serial)).rejects.toMatchObject({ type: 'ca_refused' });
    await expect(ca.suspend(serial)).rejects.toMatchObject({ type: 'ca_refused' });
    await expect(ca.status('00ff')).rejects.toMatchObject({ type: 'not_found' });
  });

  test('a CRL carries the changes before it, is made only when there is news or half its life is over, and numbers grow', async () => {
    const ledger = make();
    const ca = open(ledger);
    const { serial } = await issued(ca);
    const first = await ca.publish();
    expect(await ca.publish()).toBe(first);
    await ca.revoke(serial, 'keyCompromise');
    expect((await ca.status(serial)).publishedBy).toBeUndefined();
    const second = await ca.publish();
    expect(second).toBe(first + 1);
    expect((await ca.status(serial)).publishedBy).toBe(second);
    now = new Date(now.getTime() + 4 * 86_400_000);
    expect(await ca.publish()).toBe(second + 1);
  });

  test('many changes at once are published by few CRLs, each of which carries what its caller changed', async () => {
    const ledger = make();
    const ca = open(ledger);
    const certificates = await Promise.all(Array.from({ length: 12 }, () => issued(ca)));
    const before = await ca.publish();
    await Promise.all(
      certificates.map(async ({ serial }) => {
        await ca.revoke(serial, 'superseded');
        await ca.publish();
        expect((await ca.status(serial)).publishedBy).toBeGreaterThan(before);
      }),
    );
    expect((await ca.publish()) - before).toBeLessThan(12);
  });
});

test('openssl accepts the chain, finds the revoked one in the CRL and the lifted hold not', async () => {
  const ledger = memoryLedger();
  now = new Date();
  const ca = open(ledger);
  const run = await openssl();
  const fresh = async () =>
    ca.submit(
      { ...(await orderFor()), notBefore: root.certificate.notBefore, notAfter: new Date(Date.now() + 86_400_000) },
      newReference(),
    );
  const [good, lifted, revoked] = [await fresh(), await fresh(), await fresh()];
  if (good.state !== 'issued' || lifted.state !== 'issued' || revoked.state !== 'issued') throw new Error('not issued');
  await ca.suspend(lifted.serial);
  await ca.reactivate(lifted.serial);
  await ca.revoke(revoked.serial, 'keyCompromise');
  await ca.publish();
  await run.write('crl.der', (await ledger.latestCrl({ ca: 'main' }))?.der ?? '');
  await run.write('root.der', root.certificate.der);
  await run('crl', '-inform', 'DER', '-in', 'crl.der', '-out', 'crl.pem');
  await run('x509', '-inform', 'DER', '-in', 'root.der', '-out', 'root.pem');
  for (const [name, answer] of Object.entries({ good, lifted, revoked })) {
    await run.write(`${name}.der`, answer.certificate);
    await run('x509', '-inform', 'DER', '-in', `${name}.der`, '-out', `${name}.pem`);
  }
  const verify = (name: string) => run('verify', '-x509_strict', '-crl_check', '-CAfile', 'root.pem', '-CRLfile', 'crl.pem', `${name}.pem`);
  expect(await verify('good')).toContain('good.pem: OK');
  expect(await verify('lifted')).toContain('lifted.pem: OK');
  await expect(verify('revoked')).rejects.toThrow('certificate revoked');
});
