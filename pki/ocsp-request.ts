import { createHash } from 'node:crypto';

import { failure } from '../domain/errors.ts';
import { NULL, oid, sequence } from './der.ts';
import type { DerNode } from './der-reader.ts';
import { assertDer, children, decoding, DerError, expectTag, Fields, only, readDer } from './der-reader.ts';
import { octetsOf, smallNumberOf, unsignedOf } from './der-values.ts';
import { extensionIds } from './extensions.ts';
import { keyHash } from './key-identifier.ts';
import type { Certificate, Extensions } from './parse-certificate.ts';
import { extensionsOf } from './parse-certificate.ts';
import { serialHex } from './serial.ts';

/** Which certificate is asked about. */
export interface CertId {
  /** CertID, DER: the answer repeats it as it came. */
  raw: Buffer;
  hash: 'sha1' | 'sha256';
  issuerNameHash: Buffer;
  issuerKeyHash: Buffer;
  /** Lower-case hex as in `serial.ts`. */
  serial: string;
}

export interface OcspRequest {
  certIds: CertId[];
  /** Nonce value, 1 to 128 bytes (RFC 9654 2.1). */
  nonce?: Buffer;
}

/** Every answer costs time and room, so one request cannot ask without end. */
const MAX_REQUEST_BYTES = 16_384;
const MAX_CERT_IDS = 64;
const MAX_NONCE_BYTES = 128;

/** Reads an OCSPRequest (RFC 6960 4.1); throws `failure('malformed_request')`. A requester's signature is not looked at. */
export function parseOcspRequest(der: Buffer): OcspRequest {
  if (der.length > MAX_REQUEST_BYTES) throw failure('malformed_request', `An OCSP request has at most ${MAX_REQUEST_BYTES} bytes.`);
  return decoding({ code: 'malformed_request', message: 'The OCSP request cannot be read.' }, () => {
    const node = expectTag(readDer(der), 0x30);
    assertDer(node);
    const fields = new Fields(node);
    const request = requestOf(fields.next(0x30));
    fields.optional(0xa0); // optionalSignature
    fields.end();
    return request;
  });
}

function requestOf(tbs: DerNode): OcspRequest {
  const fields = new Fields(tbs);
  const version = fields.optional(0xa0);
  if (version && smallNumberOf(only(version, 0x02)) !== 0) throw new DerError('version 1 expected');
  fields.optional(0xa1); // requestorName
  const list = children(fields.next(0x30));
  const nonce = nonceOf(extensionsOf(fields.optional(0xa2)));
  fields.end();
  if (list.length === 0 || list.length > MAX_CERT_IDS) throw new DerError(`1 to ${MAX_CERT_IDS} certificates can be asked about`);
  const certIds = list.map(certIdIn);
  return nonce ? { certIds, nonce } : { certIds };
}

function nonceOf(extensions: Extensions): Buffer | undefined {
  for (const [id, { critical }] of extensions) {
    if (critical && id !== extensionIds.ocspNonce) throw new DerError('a critical extension that is not known');
  }
  const entry = extensions.get(extensionIds.ocspNonce);
  if (!entry) return undefined;
  const nonce = octetsOf(readDer(entry.value));
  if (nonce.length === 0 || nonce.length > MAX_NONCE_BYTES) throw new DerError(`a nonce has 1 to ${MAX_NONCE_BYTES} bytes`);
  return nonce;
}

function certIdIn(request: DerNode): CertId {
  const fields = new Fields(expectTag(request, 0x30));
  const id = fields.next(0x30);
  extensionsOf(fields.optional(0xa0));
  fields.end();
  return certIdOf(id);
}

/** The hash's AlgorithmIdentifier with NULL parameters (RFC 3370 2.1) or without (RFC 5754 2): both are in use. */
const hashes = new Map<string, 'sha1' | 'sha256'>(
  (
    [
      ['1.3.14.3.2.26', 'sha1'],
      ['2.16.840.1.101.3.4.2.1', 'sha256'],
    ] as const
  ).flatMap(([id, hash]) => [
    [sequence(oid(id), NULL).toString('hex'), hash],
    [sequence(oid(id)).toString('hex'), hash],
  ]),
);

function certIdOf(node: DerNode): CertId {
  const fields = new Fields(node);
  const hash = hashes.get(fields.next(0x30).raw.toString('hex'));
  if (!hash) throw new DerError('certificates are named by SHA-1 or SHA-256 hashes');
  const issuerNameHash = octetsOf(fields.next());
  const issuerKeyHash = octetsOf(fields.next());
  const serial = serialHex(unsignedOf(fields.next()));
  fields.end();
  return { raw: node.raw, hash, issuerNameHash, issuerKeyHash, serial };
}

/** Whether a certificate that is asked about was issued by one CA; the hashes are computed once. */
export function issuedBy(issuer: Certificate): (id: CertId) => boolean {
  const name = { sha1: digest('sha1', issuer.subject), sha256: digest('sha256', issuer.subject) };
  const key = { sha1: keyHash(issuer.spki, 'sha1'), sha256: keyHash(issuer.spki, 'sha256') };
  return ({ hash, issuerNameHash, issuerKeyHash }) => name[hash].equals(issuerNameHash) && key[hash].equals(issuerKeyHash);
}

const digest = (hash: 'sha1' | 'sha256', data: Buffer): Buffer => createHash(hash).update(data).digest();
