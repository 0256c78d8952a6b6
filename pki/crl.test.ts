import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { openssl } from '../test/support/openssl.ts';
import type { TestCa } from '../test/support/test-ca.ts';
import { testCa } from '../test/support/test-ca.ts';
import { issueCertificate } from './certificate.ts';
import type { CrlContent, CrlEntry } from './crl.ts';
import { buildCrl, encodeCrlEntry } from './crl.ts';
import { subjectKeyIdentifierOf } from './certificate-fields.ts';
import { constructed, enumerated, integer, sequence, time } from './der.ts';
import { extension, extensionIds } from './extensions.ts';
import { parseCrl } from './parse-crl.ts';
import { encodePem } from './pem.ts';
import { newSerial, serialBytes } from './serial.ts';
import { verifySignature } from './sign.ts';

const HOUR = 3_600_000;
const since = new Date('2026-03-01T10:00:00Z');
const entry = (serial: string, reason: CrlEntry['reason']): CrlEntry => ({ serial, since, reason });
const newEntry = (reason: CrlEntry['reason']) => entry(newSerial(randomBytes(16)), reason);

const content = (ca: TestCa, entries: CrlEntry[], changes: Partial<CrlContent> = {}): CrlContent => ({
  signer: ca.signer,
  issuer: ca.certificate,
  number: 7,
  thisUpdate: new Date(Date.now() - HOUR),
  nextUpdate: new Date(Date.now() + 24 * HOUR),
  entries: entries.map(encodeCrlEntry),
  ...changes,
});

test.each(['RSA-2048', 'RSA-3072', 'P-256', 'P-384'] as const)(
  'openssl verifies CRLs of a CA with an %s key, full, delta and empty',
  async (spec) => {
    const run = await openssl();
    const ca = await testCa(spec);
    await run.write('ca.pem', encodePem('CERTIFICATE', ca.certificate.der));
    const held = newEntry('certificateHold');
    for (const crl of [content(ca, [held]), content(ca, []), content(ca, [{ ...held, reason: 'removeFromCRL' }], { deltaBase: 6 })]) {
      await run.write('a.crl', await buildCrl(crl));
      expect(await run('crl', '-inform', 'DER', '-in', 'a.crl', '-CAfile', 'ca.pem', '-noout')).toContain('verify OK');
    }
  },
);

test('openssl reads number, reasons and the delta indicator', async () => {
  const run = await openssl();
  const ca = await testCa();
  const entries = [newEntry('keyCompromise'), newEntry('certificateHold'), newEntry('unspecified'), newEntry('removeFromCRL')];
  await run.write('a.crl', await buildCrl(content(ca, entries, { number: 300, deltaBase: 299 })));
  const text = await run('crl', '-inform', 'DER', '-in', 'a.crl', '-noout', '-text');
  for (const expected of [
    /Version 2/,
    /CRL Number: \n?\s*300/,
    /Delta CRL Indicator: critical\s+299/,
    /Key Compromise/,
    /Certificate Hold/,
    /Remove From CRL/,
  ]) {
    expect(text).toMatch(expected);
  }
  for (const { serial } of entries)
    expect(text.toLowerCase().replace(/serial number: 0+/g, 'serial number: ')).toContain(serial.replace(/^0/, ''));
  expect(text.match(/Reason Code/g)).toHaveLength(3);
});

test('verify -crl_check follows a certificate through hold, lift and revocation', async () => {
  const run = await openssl();
  const ca = await testCa();
  const plan = ca.plan();
  await run.write('ca.pem', encodePem('CERTIFICATE', ca.certificate.der));
  await run.write('anna.pem', encodePem('CERTIFICATE', await issueCertificate(plan)));
  const check = async (entries: CrlEntry[]) => {
    await run.write('crl.pem', encodePem('X509 CRL', await buildCrl(content(ca, entries))));
    return run('verify', '-x509_strict', '-crl_check', '-CAfile', 'ca.pem', '-CRLfile', 'crl.pem', 'anna.pem');
  };
  expect(await check([newEntry('keyCompromise')])).toContain('OK');
  await expect(check([entry(plan.serial, 'certificateHold')])).rejects.toThrow(/certificate revoked/);
  expect(await check([])).toContain('OK');
  await expect(check([entry(plan.serial, 'keyCompromise')])).rejects.toThrow(/certificate revoked/);
});

test('verify -use_deltas sees a hold that only the delta knows, and the lift of one that the base knows', async () => {
  const run = await openssl();
  const ca = await testCa();
  const plan = ca.plan();
  await run.write('ca.pem', encodePem('CERTIFICATE', ca.certificate.der));
  await run.write('anna.pem', encodePem('CERTIFICATE', await issueCertificate(plan)));
  const pair = async (base: CrlEntry[], delta: CrlEntry[]) => {
    const full = await buildCrl(content(ca, base, { number: 1, freshestCrlUrl: 'http://pki.example/crl/main-delta.crl' }));
    const change = await buildCrl(content(ca, delta, { number: 2, deltaBase: 1 }));
    await run.write('crls.pem', encodePem('X509 CRL', full) + encodePem('X509 CRL', change));
    return run('verify', '-crl_check', '-use_deltas', '-extended_crl', '-CAfile', 'ca.pem', '-CRLfile', 'crls.pem', 'anna.pem');
  };
  expect(await pair([], [])).toContain('OK');
  await expect(pair([], [entry(plan.serial, 'certificateHold')])).rejects.toThrow(/certificate revoked/);
  expect(await pair([entry(plan.serial, 'certificateHold')], [entry(plan.serial, 'removeFromCRL')])).toContain('OK');
});

test('what is written is read back, and its signature verifies', async () => {
  const ca = await testCa();
  const entries = [newEntry('unspecified'), newEntry('certificateHold'), newEntry('privilegeWithdrawn')];
  const crl = parseCrl(await buildCrl(content(ca, entries, { number: 2n ** 100n })));
  expect([...crl.entries.values()]).toEqual(entries);
  expect([crl.number, crl.deltaBase, crl.issuer]).toEqual([2n ** 100n, undefined, ca.certificate.subject]);
  expect(crl.authorityKeyIdentifier).toEqual(subjectKeyIdentifierOf(ca.certificate.extensions));
  const { signatureAlgorithm: algorithm, signature, tbs: data } = crl;
  expect(verifySignature({ spki: ca.signer.spki, spec: 'P-256', algorithm, signature, data })).toBe(true);
  expect(parseCrl(await buildCrl(content(ca, [], { deltaBase: 3 }))).deltaBase).toBe(3n);
});

test('inconsistent CRLs are not signed', async () => {
  const [ca, other] = await Promise.all([testCa(), testCa()]);
  await expect(buildCrl(content(ca, [newEntry('removeFromCRL')]))).rejects.toThrow(/delta/);
  await expect(buildCrl(content(ca, [], { deltaBase: 7 }))).rejects.toThrow(/earlier/);
  await expect(buildCrl(content(ca, [], { deltaBase: 6, freshestCrlUrl: 'http://pki.example/d' }))).rejects.toThrow(/no delta/);
  await expect(buildCrl(content(ca, [], { nextUpdate: since }))).rejects.toThrow(/nextUpdate/);
  await expect(buildCrl(content(ca, [], { signer: other.signer }))).rejects.toThrow(/not that of the issuer/);
  const twice = newEntry('superseded');
  const der = await buildCrl(content(ca, [twice, twice]));
  expect(() => parseCrl(der)).toThrow(expect.objectContaining({ type: 'invalid_input' }));
});

test('an entry is read to its end: what follows its reason is an extension too, and no second reason', async () => {
  const reason = extension(extensionIds.reasonCode, enumerated(6));
  for (const second of [constructed(0, reason), reason]) {
    const head = [integer(serialBytes(newSerial(randomBytes(16)))), time(since)];
    const der = await buildCrl({ ...content(await testCa(), []), entries: [sequence(...head, sequence(reason, second))] });
    expect(() => parseCrl(der)).toThrow(expect.objectContaining({ type: 'invalid_input' }));
  }
});

test('100,000 kept entries cost less than a second, also of processor time', async () => {
  const ca = await testCa();
  const entries = Array.from({ length: 100_000 }, () => encodeCrlEntry(newEntry('certificateHold')));
  const before = process.cpuUsage();
  const der = await buildCrl(content(ca, [], { entries }));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1);
  expect(parseCrl(der).entries.size).toBe(100_000);
});
