import { randomBytes } from 'node:crypto';

import type { KeySpec } from '../../domain/signer.ts';
import { selfSignedCa } from '../../pki/certificate.ts';
import type { CertificatePlan } from '../../pki/certificate-plan.ts';
import type { Certificate } from '../../pki/parse-certificate.ts';
import { parseCertificate } from '../../pki/parse-certificate.ts';
import { newSerial } from '../../pki/serial.ts';
import type { MemorySigner } from './memory-signer.ts';
import { memorySigner } from './memory-signer.ts';

export interface TestCa {
  signer: MemorySigner;
  certificate: Certificate;
  /** A whole certificate for Anna Rossi on a new P-256 key, to be changed where the test looks. */
  plan(changes?: Partial<CertificatePlan>): CertificatePlan;
}

const DAY = 86_400_000;

/** A root CA with a key in memory. */
export async function testCa(spec: KeySpec = 'P-256'): Promise<TestCa> {
  const signer = memorySigner(spec);
  const notBefore = new Date(Date.now() - DAY);
  const notAfter = new Date(Date.now() + 20 * 365 * DAY);
  const subject: [string, string][] = [
    ['C', 'IT'],
    ['O', 'Regione Aurelia'],
    ['CN', 'Test CA'],
  ];
  const certificate = parseCertificate(await selfSignedCa({ signer, serial: newSerial(randomBytes(16)), subject, notBefore, notAfter }));
  return { signer, certificate, plan: (changes) => ({ ...annaRossi(), signer, issuer: certificate, ...changes }) };
}

const annaRossi = (): Omit<CertificatePlan, 'signer' | 'issuer'> => ({
  serial: newSerial(randomBytes(16)),
  subject: [
    ['C', 'IT'],
    ['SN', 'Rossi'],
    ['GN', 'Anna'],
    ['serialNumber', 'TINIT-RSSNNA80A41H501X'],
    ['CN', 'Anna Rossi'],
  ],
  subjectAltNames: { email: 'anna.rossi@aurelia.example', upn: 'arossi@aurelia.example' },
  notBefore: new Date(Date.now() - 60_000),
  notAfter: new Date(Date.now() + 365 * DAY),
  spki: memorySigner('P-256').spki,
  profile: {
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['clientAuth', 'smartcardLogon', 'emailProtection'],
    policies: ['1.3.6.1.4.1.99999.1'],
  },
  crlUrl: 'http://pki.example/crl/main.crl',
  ocspUrl: 'http://pki.example/ocsp/main',
  caIssuersUrl: 'http://pki.example/ca/main.crt',
});
