import { failure } from '../domain/errors.ts';
import { ascii, constructed, integer, namedBits, octetString, oid, primitive, sequence, sequenceOf, TRUE, utf8String } from './der.ts';

/** Extension identifiers of RFC 5280 4.2 and 5.2, RFC 6960 4.4. */
export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  deltaCrlIndicator: '2.5.29.27',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
} as const;

/** Bit numbers of KeyUsage (RFC 5280 4.2.1.3). */
export const keyUsageBits = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
} as const;
export type KeyUsage = keyof typeof keyUsageBits;

/** Key purposes (RFC 5280 4.2.1.12, RFC 9336, Microsoft). */
export const extendedKeyUsageIds = {
  clientAuth: '1.3.6.1.5.5.7.3.2',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  documentSigning: '1.3.6.1.5.5.7.3.36',
  smartcardLogon: '1.3.6.1.4.1.311.20.2.2',
} as const;
export type ExtendedKeyUsage = keyof typeof extendedKeyUsageIds;

/** Type of the otherName that holds a Windows user principal name. */
export const UPN = '1.3.6.1.4.1.311.20.2.3';
const OCSP = '1.3.6.1.5.5.7.48.1';
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

export interface SubjectAltNames {
  email?: string;
  upn?: string;
}

/** One Extension, DER. `value` is the DER that goes into its OCTET STRING. */
export function extension(id: string, value: Buffer, critical = false): Buffer {
  return critical ? sequence(oid(id), TRUE, octetString(value)) : sequence(oid(id), octetString(value));
}

/** Critical, as conforming CAs SHOULD (RFC 5280 4.2.1.3). */
export const keyUsageExtension = (usages: readonly KeyUsage[]): Buffer =>
  extension(extensionIds.keyUsage, namedBits(usages.map((usage) => keyUsageBits[usage])), true);

export const extendedKeyUsageExtension = (usages: readonly ExtendedKeyUsage[]): Buffer =>
  extension(extensionIds.extendedKeyUsage, sequenceOf(usages.map((usage) => oid(extendedKeyUsageIds[usage]))));

/** For a CA critical with a path length; for an end entity the empty sequence, so that it can never pass for a CA. */
export const basicConstraintsExtension = (ca?: { pathLength: number }): Buffer =>
  extension(extensionIds.basicConstraints, ca ? sequence(TRUE, integer(ca.pathLength)) : sequence(), true);

export const subjectKeyIdentifierExtension = (id: Buffer): Buffer => extension(extensionIds.subjectKeyIdentifier, octetString(id));

export const authorityKeyIdentifierExtension = (id: Buffer): Buffer =>
  extension(extensionIds.authorityKeyIdentifier, sequence(primitive(0, id)));

export const policiesExtension = (policies: readonly string[]): Buffer =>
  extension(extensionIds.certificatePolicies, sequenceOf(policies.map((policy) => sequence(policyOid(policy)))));

function policyOid(policy: string): Buffer {
  try {
    return oid(policy);
  } catch {
    throw failure('policy_violation', 'A certificate policy of the profile is not a dotted object identifier. Correct the profile.');
  }
}

/** rfc822Name and the UPN as otherName. International mailboxes need RFC 9598, which few relying parties read: refused. */
export function subjectAltNameExtension({ email, upn }: SubjectAltNames): Buffer {
  const names: Buffer[] = [];
  if (upn !== undefined) names.push(constructed(0, oid(UPN), constructed(0, utf8String(checkedName(upn)))));
  if (email !== undefined) names.push(primitive(1, ascii(checkedEmail(email))));
  return extension(extensionIds.subjectAltName, sequenceOf(names));
}

function checkedEmail(email: string): string {
  if (/^[!-?A-~]+@[a-zA-Z0-9.-]+$/.test(email) && email.length <= 254) return email;
  throw failure('invalid_input', 'An e-mail address in a certificate takes plain ASCII characters and one @. Correct the address.');
}

function checkedName(upn: string): string {
  if (/^[^@\p{Cc}\p{Zs}]+@[^@\p{Cc}\p{Zs}]+$/u.test(upn) && upn.length <= 256 && upn.isWellFormed()) return upn;
  throw failure('invalid_input', 'A user principal name has the form name@domain. Correct it.');
}

export const crlDistributionPointsExtension = (url: string): Buffer =>
  extension(extensionIds.crlDistributionPoints, distributionPoint(url));

/** Where the delta CRL is that brings a full CRL up to date; relying parties look for one only if it is named (RFC 5280 5.2.6). */
export const freshestCrlExtension = (url: string): Buffer => extension(extensionIds.freshestCrl, distributionPoint(url));

const distributionPoint = (url: string): Buffer => sequence(sequence(constructed(0, constructed(0, primitive(6, ascii(url))))));

export const authorityInfoAccessExtension = (urls: { ocsp: string; caIssuers: string }): Buffer =>
  extension(extensionIds.authorityInfoAccess, sequence(access(OCSP, urls.ocsp), access(CA_ISSUERS, urls.caIssuers)));

const access = (method: string, url: string): Buffer => sequence(oid(method), primitive(6, ascii(url)));
