import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { memorySigner } from '../test/support/memory-signer.ts';
import { testCa } from '../test/support/test-ca.ts';
import { issueCertificate } from './certificate.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { lintCertificate } from './lint.ts';
import { parseCertificate } from './parse-certificate.ts';
import { newSerial } from './serial.ts';

const ca = await testCa();
const weak = await testCa('P-384');
const profile = { keyUsage: ['digitalSignature' as const], extendedKeyUsage: [], policies: [] };
const years = (n: number) => new Date(Date.now() + n * 365 * 86_400_000);
const refused = (finding: RegExp) =>
  expect.objectContaining({ type: 'policy_violation', message: expect.stringMatching(finding) as string }) as Error;

test.each<[RegExp, Partial<CertificatePlan>]>([
  [/ends before it begins/, { notAfter: years(-0.5), notBefore: new Date() }],
  [/outlive the CA/, { notAfter: years(21) }],
  [/before the CA certificate/, { notBefore: years(-1) }],
  [/elliptic curve key cannot be used for keyEncipherment/, { profile: { ...profile, keyUsage: ['keyEncipherment'] } }],
  [/RSA key cannot be used for keyAgreement/, { profile: { ...profile, keyUsage: ['keyAgreement'] }, spki: memorySigner('RSA-2048').spki }],
  [/no key usage/, { profile: { ...profile, keyUsage: [] } }],
  [/no end entity may have/, { profile: { ...profile, keyUsage: ['keyCertSign'] as unknown as 'digitalSignature'[] } }],
  [/smartcardLogon needs/, { profile: { ...profile, keyUsage: ['nonRepudiation'], extendedKeyUsage: ['smartcardLogon'] } }],
  [/clientAuth needs/, { profile: { ...profile, keyUsage: ['keyAgreement'], extendedKeyUsage: ['clientAuth'] } }],
  [/documentSigning needs/, { profile: { ...profile, keyUsage: ['keyAgreement'], extendedKeyUsage: ['documentSigning'] } }],
  [/policy twice/, { profile: { ...profile, policies: ['1.2.3', '1.2.3'] } }],
  [/not a dotted object identifier/, { profile: { ...profile, policies: ['any'] } }],
  [/subject is empty/, { subject: [] }],
  [/too short to be random/, { serial: '0102030405' }],
  [/out of range/, { serial: 'ff'.repeat(20) }],
  [/not that of the CA's certificate/, { signer: memorySigner('P-256') }],
  [/does not suit|not that of the CA/, { signer: weak.signer }],
  [/kind that is not certified/, { spki: Buffer.from('302a300506032b6570032100'.padEnd(88, 'a'), 'hex') }],
])('%s', async (finding, changes) => {
  await expect(issueCertificate(ca.plan(changes))).rejects.toThrow(refused(finding));
});

test('an end entity cannot issue', async () => {
  const holder = memorySigner('P-256');
  const issuer = parseCertificate(await issueCertificate(ca.plan({ spki: holder.spki })));
  await expect(issueCertificate(ca.plan({ signer: holder, issuer }))).rejects.toThrow(refused(/not a CA; the CA key may not sign/));
});

test('what would be signed is compared with what was asked, field by field', async () => {
  const plan = ca.plan();
  const { tbs } = parseCertificate(await issueCertificate(plan));
  lintCertificate(tbs, plan);
  const differences: [RegExp, Partial<CertificatePlan>][] = [
    [/serial number is not the reserved/, { serial: newSerial(randomBytes(16)) }],
    [/issuer is not the CA/, { issuer: { ...ca.certificate, subject: weak.certificate.tbs } }],
    [/subject is not/, { subject: [['CN', 'Someone else']] }],
    [/e-mail address is not/, { subjectAltNames: { upn: 'arossi@aurelia.example' } }],
    [/other extensions than/, { subjectAltNames: {} }],
    [/principal name is not/, { subjectAltNames: { ...plan.subjectAltNames, upn: 'admin@aurelia.example' } }],
    [/key is not the one/, { spki: memorySigner('P-256').spki }],
    [/validity is not/, { notAfter: years(2) }],
    [/key usage is not/, { profile: { ...plan.profile, keyUsage: ['digitalSignature', 'nonRepudiation'] } }],
    [/extended key usage is not/, { profile: { ...plan.profile, extendedKeyUsage: ['clientAuth'] } }],
    [/policies are not/, { profile: { ...plan.profile, policies: ['1.2.3'] } }],
    [/authority key identifier is wrong/, { issuer: { ...ca.certificate, extensions: weak.certificate.extensions } }],
  ];
  for (const [finding, changes] of differences) expect(() => lintCertificate(tbs, { ...plan, ...changes })).toThrow(refused(finding));
});

test.each([
  ['an e-mail address outside ASCII', { email: 'è@aurelia.example' }],
  ['an e-mail address without @', { email: 'anna' }],
  ['an e-mail address with a line break', { email: 'a@b.example\nx' }],
  ['a principal name with a space', { upn: 'a b@aurelia.example' }],
])('%s is refused before anything is signed', async (_, subjectAltNames) => {
  await expect(issueCertificate(ca.plan({ subjectAltNames }))).rejects.toThrow(expect.objectContaining({ type: 'invalid_input' }));
});
