import { failure } from '../domain/errors.ts';
import type { KeySpec, Signer } from '../domain/signer.ts';
import { constructed, integer, sequence } from './der.ts';
import type { DerNode } from './der-reader.ts';
import { assertDer, children, decoding, DerError, expectTag, Fields, readDer } from './der-reader.ts';
import { algorithmOf, bitOctetsOf, oidOf, smallNumberOf } from './der-values.ts';
import type { NameAttribute } from './name.ts';
import { assertName, encodeName } from './name.ts';
import { readPublicKey } from './public-key.ts';
import { signed, verifySignature, type SignatureCheck } from './sign.ts';
import { weaknessOf } from './weak-keys.ts';

/**
 * A certificate request (PKCS#10, RFC 2986). Of all it asks for, only the key is ever certified; names, extensions and attributes
 * are checked for their form only, because whoever makes a CSR could write anything into them (CVE-2022-34831, CVE-2008-1676).
 */
export interface Csr {
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
  spec: KeySpec;
  /** Name, DER, as asked for. To be shown at most. */
  subject: Buffer;
  /** CertificationRequestInfo, DER: what is signed. */
  info: Buffer;
  signatureAlgorithm: Buffer;
  signature: Buffer;
}

/** The largest honest CSR (RSA-3072 with many attributes) is below 4 KiB. */
const MAX_CSR_BYTES = 16_384;

/** Reads a CSR and checks its key; throws `failure('csr_invalid')`. Its signature is the business of `verifyCsr`. */
export function parseCsr(der: Buffer): Csr {
  if (der.length > MAX_CSR_BYTES) throw failure('csr_invalid', `A certificate request has at most ${MAX_CSR_BYTES} bytes.`);
  return decoding({ code: 'csr_invalid', message: 'The certificate request cannot be read. Make a new one.' }, () => csrOf(readDer(der)));
}

function csrOf(node: DerNode): Csr {
  assertDer(expectTag(node, 0x30));
  const fields = new Fields(node);
  const info = fields.next(0x30);
  const signatureAlgorithm = algorithmOf(fields.next());
  const signature = bitOctetsOf(fields.next());
  fields.end();
  return { ...infoOf(info), info: info.raw, signatureAlgorithm, signature };
}

function infoOf(info: DerNode): Pick<Csr, 'subject' | 'spki' | 'spec'> {
  const fields = new Fields(info);
  if (smallNumberOf(fields.next(0x02)) !== 0) throw new DerError('version 1 expected');
  const subject = fields.next(0x30);
  assertName(subject);
  const spki = fields.next(0x30).raw;
  assertAttributes(fields.optional(0xa0)); // mandatory in RFC 2986, left out by some devices; ignored either way
  fields.end();
  const key = readPublicKey(spki);
  const weakness = weaknessOf(key);
  if (weakness) throw failure('csr_invalid', `The key is weak: ${weakness}. Generate a new key, on another device if it happens again.`);
  return { subject: subject.raw, spki, spec: key.spec };
}

/** Only their form: what they ask for is never looked at. */
function assertAttributes(attributes: DerNode | undefined): void {
  for (const attribute of attributes ? children(attributes) : []) {
    const fields = new Fields(expectTag(attribute, 0x30));
    oidOf(fields.next());
    if (children(fields.next(0x31)).length === 0) throw new DerError('an attribute without a value');
    fields.end();
  }
}

/** Proof of possession: the CSR is signed with the private key of its public key, or `failure('csr_invalid')`. */
export function verifyCsr(csr: Csr): void {
  const { spki, spec, signatureAlgorithm: algorithm, info: data, signature } = csr;
  if (!isSigned({ spki, spec, algorithm, data, signature }))
    throw failure('csr_invalid', 'The certificate request is not signed with its own key. Make a new one.');
}

function isSigned(check: SignatureCheck): boolean {
  try {
    return verifySignature(check);
  } catch {
    return false; // OpenSSL takes no such key
  }
}

/** Makes a CSR for the signer's key, without attributes. */
export async function buildCsr(signer: Signer, subject: readonly NameAttribute[]): Promise<Buffer> {
  return signed(signer, sequence(integer(0), encodeName(subject), signer.spki, constructed(0)));
}
