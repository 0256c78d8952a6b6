import { failure } from '../domain/errors.ts';
import * as fields from './certificate-fields.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { DerError } from './der-reader.ts';
import { extendedKeyUsageIds, extensionIds, keyUsageBits } from './extensions.ts';
import { authorityKeyIdentifier, keyIdentifier } from './key-identifier.ts';
import { nameAttributes } from './name.ts';
import type { CertificateBody } from './parse-certificate.ts';
import { parseCertificateBody } from './parse-certificate.ts';
import { readPublicKey } from './public-key.ts';
import { signatureAlgorithm } from './sign.ts';

/**
 * Reads the TBSCertificate back and compares it with what was asked, before the CA's key is used: the last gate against a certificate
 * that is not the approved one. Throws `failure('policy_violation')` with every finding; findings hold no personal data.
 */
export function lintCertificate(tbs: Buffer, asked: CertificatePlan): void {
  const body = parseCertificateBody(tbs);
  const findings = [
    ...issuerFindings(body, asked),
    ...subjectFindings(body, asked),
    ...validityFindings(body, asked),
    ...usageFindings(asked),
  ];
  findings.push(...extensionFindings(body, asked));
  if (findings.length > 0) throw failure('policy_violation', `The certificate was not signed: ${findings.join('; ')}.`);
}

type Finding = string | false;

const found = (...findings: Finding[]): string[] => findings.filter((finding) => finding !== false);

function issuerFindings(body: CertificateBody, { issuer, signer, serial }: CertificatePlan): string[] {
  const constraints = fields.basicConstraintsOf(issuer.extensions);
  return found(
    body.serial !== serial && 'its serial number is not the reserved one',
    // RFC 5280 4.1.2.2: positive and at most 20 octets; the INTEGER needs one more when the first bit is set.
    (/^0*$/.test(serial) || serial.length > 40 || (serial.length === 40 && serial >= '80')) && 'its serial number is out of range',
    serial.length < 16 && 'its serial number is too short to be random',
    !body.issuer.equals(issuer.subject) && 'its issuer is not the CA',
    !signer.spki.equals(issuer.spki) && "the signing key is not that of the CA's certificate",
    !body.signatureAlgorithm.equals(signatureAlgorithm[signer.spec]) && 'its signature algorithm does not suit the CA key',
    !constraints?.ca && 'the issuer is not a CA',
    !fields.keyUsageOf(issuer.extensions).includes(keyUsageBits.keyCertSign) && 'the CA key may not sign certificates',
  );
}

function subjectFindings(body: CertificateBody, { subject, spki, subjectAltNames }: CertificatePlan): string[] {
  const { email, upn, others } = fields.subjectAltNamesOf(body.extensions);
  return found(
    subject.length === 0 && 'its subject is empty',
    !equal(nameAttributes(body.subject), subject) && 'its subject is not the one asked for',
    email !== subjectAltNames.email && 'its e-mail address is not the one asked for',
    upn !== subjectAltNames.upn && 'its user principal name is not the one asked for',
    others > 0 && 'it names more than was asked for',
    !body.spki.equals(spki) && 'its key is not the one asked for',
    !isCertifiable(spki) && 'its key is of a kind that is not certified',
  );
}

function isCertifiable(spki: Buffer): boolean {
  try {
    return readPublicKey(spki).spki === spki;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

function validityFindings(body: CertificateBody, { notBefore, notAfter, issuer }: CertificatePlan): string[] {
  return found(
    (toSecond(body.notBefore) !== toSecond(notBefore) || toSecond(body.notAfter) !== toSecond(notAfter)) &&
      'its validity is not the one asked for',
    body.notAfter <= body.notBefore && 'it ends before it begins',
    body.notBefore < issuer.notBefore && 'it begins before the CA certificate does',
    body.notAfter > issuer.notAfter && 'it would outlive the CA certificate: shorten its validity or renew the CA',
  );
}

const toSecond = (date: Date): number => Math.floor(date.getTime() / 1000);

/** Which usages suit which key, and each other. */
function usageFindings({ profile, spki }: CertificatePlan): string[] {
  const { keyUsage, extendedKeyUsage } = profile;
  const rsa = isCertifiable(spki) && readPublicKey(spki).rsa !== undefined;
  const signs = keyUsage.includes('digitalSignature') || keyUsage.includes('nonRepudiation');
  return found(
    keyUsage.length === 0 && 'its profile has no key usage',
    keyUsage.some((usage) => !['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement'].includes(usage)) &&
      'its profile has a key usage that no end entity may have',
    rsa && keyUsage.includes('keyAgreement') && 'an RSA key cannot be used for keyAgreement (RFC 4055 1.2)',
    !rsa && keyUsage.includes('keyEncipherment') && 'an elliptic curve key cannot be used for keyEncipherment (RFC 5480 3)',
    extendedKeyUsage.includes('documentSigning') && !signs && 'documentSigning needs digitalSignature or nonRepudiation',
    extendedKeyUsage.includes('smartcardLogon') && !keyUsage.includes('digitalSignature') && 'smartcardLogon needs digitalSignature',
    extendedKeyUsage.includes('clientAuth') && !keyUsage.includes('digitalSignature') && 'clientAuth needs digitalSignature',
  );
}

function extensionFindings(body: CertificateBody, asked: CertificatePlan): string[] {
  const { extensions } = body;
  const { profile, issuer, spki } = asked;
  const constraints = fields.basicConstraintsOf(extensions);
  return found(
    !equal([...extensions.keys()].sort(), expectedExtensions(asked).sort()) && 'it has other extensions than were asked for',
    !sameSet(
      fields.keyUsageOf(extensions),
      profile.keyUsage.map((usage) => keyUsageBits[usage]),
    ) && 'its key usage is not that of the profile',
    !equal(
      fields.extendedKeyUsageOf(extensions),
      profile.extendedKeyUsage.map((usage) => extendedKeyUsageIds[usage]),
    ) && 'its extended key usage is not that of the profile',
    !equal(fields.policiesOf(extensions), profile.policies) && 'its policies are not those of the profile',
    new Set(profile.policies).size !== profile.policies.length && 'its profile names a policy twice',
    (!constraints || constraints.ca || constraints.pathLength !== undefined) && 'it could pass for a CA',
    !extensions.get(extensionIds.keyUsage)?.critical && 'its key usage is not critical',
    !fields.subjectKeyIdentifierOf(extensions)?.equals(keyIdentifier(spki)) && 'its subject key identifier is wrong',
    !fields.authorityKeyIdentifierOf(extensions)?.equals(authorityKeyIdentifier(issuer)) && 'its authority key identifier is wrong',
  );
}

function expectedExtensions({ profile, subjectAltNames }: CertificatePlan): string[] {
  const { basicConstraints, keyUsage, subjectKeyIdentifier, authorityKeyIdentifier: authority } = extensionIds;
  const expected: string[] = [basicConstraints, keyUsage, subjectKeyIdentifier, authority];
  expected.push(extensionIds.crlDistributionPoints, extensionIds.authorityInfoAccess);
  if (profile.extendedKeyUsage.length > 0) expected.push(extensionIds.extendedKeyUsage);
  if (profile.policies.length > 0) expected.push(extensionIds.certificatePolicies);
  if (subjectAltNames.email !== undefined || subjectAltNames.upn !== undefined) expected.push(extensionIds.subjectAltName);
  return expected;
}

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const sameSet = (a: readonly number[], b: readonly number[]): boolean => equal([...a].sort(), [...new Set(b)].sort());
