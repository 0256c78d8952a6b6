import { createPublicKey, verify, type KeyObject } from 'node:crypto';

import type { KeySpec, Signer } from '../domain/signer.ts';
import { bitString, NULL, oid, sequence } from './der.ts';

const rsa = (id: string): Buffer => sequence(oid(id), NULL); // RFC 4055 5: parameters MUST be NULL
const ecdsa = (id: string): Buffer => sequence(oid(id)); // RFC 5758 3.2: parameters MUST be absent

const sha256Rsa = rsa('1.2.840.113549.1.1.11');
const sha256Ecdsa = ecdsa('1.2.840.10045.4.3.2');
const sha384Ecdsa = ecdsa('1.2.840.10045.4.3.3');

/** AlgorithmIdentifier, DER, of what a signer of each kind makes (contract in `domain/signer.ts`). */
export const signatureAlgorithm: Record<KeySpec, Buffer> = {
  'RSA-2048': sha256Rsa,
  'RSA-3072': sha256Rsa,
  'P-256': sha256Ecdsa,
  'P-384': sha384Ecdsa,
};

/** Signature algorithms that are accepted from others: no SHA-1, no MD5, no unhashed ones. */
const accepted: Record<string, { kind: 'RSA' | 'EC'; hash: string }> = {
  [sha256Rsa.toString('hex')]: { kind: 'RSA', hash: 'sha256' },
  [rsa('1.2.840.113549.1.1.12').toString('hex')]: { kind: 'RSA', hash: 'sha384' },
  [rsa('1.2.840.113549.1.1.13').toString('hex')]: { kind: 'RSA', hash: 'sha512' },
  [sha256Ecdsa.toString('hex')]: { kind: 'EC', hash: 'sha256' },
  [sha384Ecdsa.toString('hex')]: { kind: 'EC', hash: 'sha384' },
  [ecdsa('1.2.840.10045.4.3.4').toString('hex')]: { kind: 'EC', hash: 'sha512' },
};

/** The form of certificates, CSRs, CRLs and OCSP responses: what is signed, the algorithm, the signature. */
export async function signed(signer: Signer, tbs: Buffer): Promise<Buffer> {
  return assemble(signer, tbs, await signer.sign(tbs));
}

/**
 * As `signed`, but what the signer returned is verified first: a wrong signature (a fault in the HSM, the handle of another key) must
 * not leave the house, where it would fail at everybody else and, with RSA, could give the key away.
 */
export async function signedAndChecked(signer: Signer, tbs: Buffer): Promise<Buffer> {
  const signature = await signer.sign(tbs);
  const right = verify(signer.spec === 'P-384' ? 'sha384' : 'sha256', tbs, ownKey(signer), signature);
  if (!right) throw new Error('The signer returned a wrong signature. Stop signing with this key and check the HSM.');
  return assemble(signer, tbs, signature);
}

const ownKeys = new WeakMap<Signer, KeyObject>();

/** Read once: a CA signs with the same key all its life. */
function ownKey(signer: Signer): KeyObject {
  const key = ownKeys.get(signer) ?? createPublicKey({ key: signer.spki, format: 'der', type: 'spki' });
  ownKeys.set(signer, key);
  return key;
}

const assemble = (signer: Signer, tbs: Buffer, signature: Buffer): Buffer =>
  sequence(tbs, signatureAlgorithm[signer.spec], bitString(signature));

/** A signature to check. `algorithm` is the AlgorithmIdentifier, DER. */
export interface SignatureCheck {
  spki: Buffer;
  spec: KeySpec;
  algorithm: Buffer;
  data: Buffer;
  signature: Buffer;
}

/**
 * Whether the signature is right; false too for an algorithm that is not accepted or does not suit the key. On this thread: it takes a
 * tenth of a millisecond, and to hand it to another costs as much again. Throws for a key that is none.
 */
export function verifySignature({ spki, spec, algorithm, data, signature }: SignatureCheck): boolean {
  const entry = accepted[algorithm.toString('hex')];
  if (entry?.kind !== (spec.startsWith('RSA') ? 'RSA' : 'EC')) return false;
  return verify(entry.hash, data, { key: spki, format: 'der', type: 'spki' }, signature);
}
