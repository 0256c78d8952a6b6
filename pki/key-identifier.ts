import { createHash } from 'node:crypto';

import { subjectKeyIdentifierOf } from './certificate-fields.ts';
import type { Certificate } from './parse-certificate.ts';
import { splitSpki } from './public-key.ts';

/** Subject key identifier: leftmost 160 bits of SHA-256 over the key bits (RFC 7093 2, method 1), which needs no SHA-1. */
export function keyIdentifier(spki: Buffer): Buffer {
  return createHash('sha256').update(splitSpki(spki).bits).digest().subarray(0, 20);
}

/** KeyHash of OCSP (RFC 6960 4.2.1 fixes SHA-1 for responder ids; a CertID names its own hash). */
export function keyHash(spki: Buffer, hash: 'sha1' | 'sha256'): Buffer {
  return createHash(hash).update(splitSpki(spki).bits).digest();
}

/** What certificates and CRLs of this issuer name as their authority key: exactly its subject key identifier (RFC 5280 4.2.1.1). */
export const authorityKeyIdentifier = (issuer: Certificate): Buffer =>
  subjectKeyIdentifierOf(issuer.extensions) ?? keyIdentifier(issuer.spki);
