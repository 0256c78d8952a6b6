import { randomBytes, X509Certificate } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { KeySpec } from '../domain/signer.ts';
import { memorySigner } from '../test/support/memory-signer.ts';
import { openssl } from '../test/support/openssl.ts';
import { testCa } from '../test/support/test-ca.ts';
import { issueCertificate, selfSignedCa } from './certificate.ts';
import { subjectAltNamesOf } from './certificate-fields.ts';
import { parseCsr, verifyCsr } from './csr.ts';
import { NULL, oid, sequence } from './der.ts';
import { nameToString } from './name.ts';
import { parseCertificate } from './parse-certificate.ts';
import { encodePem } from './pem.ts';
import { newSerial } from './serial.ts';

describe.each<KeySpec>(['RSA-2048', 'RSA-3072', 'P-256', 'P-384'])('CA and holder with %s keys', (spec) => {
  test('openssl verify -x509_strict accepts the certificate', async () => {
    const run = await openssl();
    const ca = await testCa(spec);
    const der = await issueCertificate(ca.plan({ spki: memorySigner(spec).spki }));
    await run.write('ca.pem', encodePem('CERTIFICATE', ca.certificate.der));
    await run.write('anna.pem', encodePem('CERTIFICATE', der));
    expect(await run('verify', '-x509_strict', '-check_ss_sig', '-CAfile', 'ca.pem', 'ca.pem')).toContain('OK');
    expect(await run('verify', '-x509_strict', '-purpose', 'smimesign', '-CAfile', 'ca.pem', 'anna.pem')).toContain('OK');
  });
});

test('the certificate says what was ordered, as openssl and Node read it', async () => {
  const run = await openssl();
  const ca = await testCa();
  const plan = ca.plan({ notAfter: new Date('2046-01-01T00:00:00Z') });
  const der = await issueCertificate(plan);
  await run.write('anna.der', der);
  const text = await run('x509', '-inform', 'DER', '-in', 'anna.der', '-noout', '-text', '-certopt', 'ext_parse');
  for (const expected of [
    /Version: 3/,
    /Subject: C = IT, SN = Rossi, GN = Anna, serialNumber = TINIT-RSSNNA80A41H501X, CN = Anna Rossi/,
    /Basic Constraints: critical\s+CA:FALSE/,
    /Key Usage: critical\s+Digital Signature\n/,
    /TLS Web Client Authentication, Microsoft Smartcard Login, E-mail Protection/,
    /othername: UPN::arossi@aurelia.example, email:anna.rossi@aurelia.example/,
    /Policy: 1\.3\.6\.1\.4\.1\.99999\.1/,
    /Full Name:\s+URI:http:\/\/pki\.example\/crl\/main\.crl/,
    /OCSP - URI:http:\/\/pki\.example\/ocsp\/main/,
    /CA Issuers - URI:http:\/\/pki\.example\/ca\/main\.crt/,
    /Not After : Jan {2}1 00:00:00 2046 GMT/,
  ]) {
    expect(text).toMatch(expected);
  }
  expect(new X509Certificate(der).serialNumber.toLowerCase()).toBe(plan.serial);
  const parsed = parseCertificate(der);
  expect([parsed.serial, parsed.spki, parsed.issuer]).toEqual([plan.serial, plan.spki, ca.certificate.subject]);
  expect(nameToString(parsed.subject)).toBe('CN=Anna Rossi,serialNumber=TINIT-RSSNNA80A41H501X,GN=Anna,SN=Rossi,C=IT');
  expect(subjectAltNamesOf(parsed.extensions)).toEqual({ email: 'anna.rossi@aurelia.example', upn: 'arossi@aurelia.example', others: 0 });
});

test('without names, usages or policies the extensions are absent', async () => {
  const ca = await testCa();
  const profile = { keyUsage: ['nonRepudiation' as const], extendedKeyUsage: [], policies: [] };
  const { extensions } = parseCertificate(await issueCertificate(ca.plan({ subjectAltNames: {}, profile })));
  expect([...extensions.keys()]).toEqual(['2.5.29.19', '2.5.29.15', '2.5.29.14', '2.5.29.35', '2.5.29.31', '1.3.6.1.5.5.7.1.1']);
});

test('whatever a CSR asks for beside its key has no effect', async () => {
  const run = await openssl();
  const ca = await testCa();
  const holder = memorySigner('P-256');
  await run.write('key.pem', holder.privateKeyPem);
  const greedy = [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign',
    'extendedKeyUsage=codeSigning,serverAuth',
    'subjectAltName=DNS:admin.example,email:root@aurelia.example,IP:10.0.0.1,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:administrator@aurelia.example',
    'certificatePolicies=2.5.29.32.0',
    'nameConstraints=critical,permitted;DNS:.example',
    '1.2.3.4=critical,ASN1:UTF8String:anything',
  ];
  const extensions = greedy.flatMap((extension) => ['-addext', extension]);
  await run(
    'req',
    '-new',
    '-key',
    'key.pem',
    '-subj',
    '/CN=Administrator/O=Regione Aurelia',
    ...extensions,
    '-outform',
    'DER',
    '-out',
    'a.csr',
  );
  const csr = parseCsr(await run.read('a.csr'));
  verifyCsr(csr);
  const plan = ca.plan({ spki: holder.spki });
  const [withCsr, withKeyOnly] = await Promise.all([issueCertificate({ ...plan, spki: csr.spki }), issueCertificate(plan)]);
  expect(parseCertificate(withCsr).tbs).toEqual(parseCertificate(withKeyOnly).tbs);
});

test('a signer that returns a wrong signature issues nothing', async () => {
  const ca = await testCa();
  const other = memorySigner('P-256');
  const { spki } = ca.signer;
  const broken = { spec: 'P-256' as const, spki, sign: (data: Buffer) => other.sign(data) };
  await expect(issueCertificate(ca.plan({ signer: broken }))).rejects.toThrow(/wrong signature/);
});

test('a CA certificate beyond 2049 is valid to openssl', async () => {
  const run = await openssl();
  const subject: [string, string][] = [['CN', 'Long CA']];
  const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2056-01-01T00:00:00Z') };
  const der = await selfSignedCa({ signer: memorySigner('P-384'), serial: newSerial(randomBytes(16)), subject, ...validity });
  await run.write('ca.pem', encodePem('CERTIFICATE', der));
  expect(await run('verify', '-x509_strict', '-CAfile', 'ca.pem', 'ca.pem')).toContain('OK');
  expect(new X509Certificate(der).validTo).toBe('Jan  1 00:00:00 2056 GMT');
});

test("openssl's certificates are read, ambiguous ones refused", async () => {
  const run = await openssl();
  await run('req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', 'k.pem', '-subj', '/CN=Other', '-outform', 'DER', '-out', 'c.der');
  const der = await run.read('c.der');
  const parsed = parseCertificate(der);
  expect(nameToString(parsed.subject)).toBe('CN=Other');
  const invalid = expect.objectContaining({ type: 'invalid_input' }) as Error;
  expect(() => parseCertificate(Buffer.concat([der, Buffer.from([0])]))).toThrow(invalid);
  const signature = sequence(parsed.tbs, sequence(oid('1.2.840.113549.1.1.11'), NULL), Buffer.from('030200ff', 'hex'));
  expect(() => parseCertificate(signature)).toThrow(/two different/);
});
