import type { KeySpec } from '../domain/signer.ts';
import { NULL, oid, sequence } from './der.ts';
import { decoding, DerError, expectTag, Fields, readDer } from './der-reader.ts';
import { algorithmOf, bitOctetsOf, unsignedOf } from './der-values.ts';
import { isOnCurve } from './elliptic-curve.ts';

/** A public key of a kind that smartCMS certifies. */
export interface PublicKey {
  spec: KeySpec;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
  /** Contents of its BIT STRING: what key identifiers are computed over. */
  bits: Buffer;
  rsa?: { modulus: bigint; exponent: bigint };
}

const RSA = sequence(oid('1.2.840.113549.1.1.1'), NULL);
const P256 = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'));
const P384 = sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.34'));

/** Reads a SubjectPublicKeyInfo; `failure('invalid_input')` unless it is RSA-2048, RSA-3072, P-256 or P-384 in its one usual encoding. */
export const publicKeyOf = (spki: Buffer): PublicKey =>
  decoding({ code: 'invalid_input', message: 'The public key cannot be used.' }, () => readPublicKey(spki));

/** As `publicKeyOf`, but throws a DerError: for parsers of `pki/` that have a failure of their own. */
export function readPublicKey(spki: Buffer): PublicKey {
  const { algorithm, bits } = splitSpki(spki);
  if (algorithm.equals(RSA)) return { spki, bits, ...rsaKey(bits) };
  if (algorithm.equals(P256)) return { spki, bits, spec: curveKey('P-256', bits) };
  if (algorithm.equals(P384)) return { spki, bits, spec: curveKey('P-384', bits) };
  throw new DerError('only RSA-2048, RSA-3072, P-256 and P-384 keys are certified');
}

/** AlgorithmIdentifier (DER) and key bits of any SubjectPublicKeyInfo. */
export function splitSpki(spki: Buffer): { algorithm: Buffer; bits: Buffer } {
  const fields = new Fields(expectTag(readDer(spki), 0x30));
  const algorithm = algorithmOf(fields.next());
  const bits = bitOctetsOf(fields.next());
  fields.end();
  return { algorithm, bits };
}

function rsaKey(bits: Buffer): Pick<PublicKey, 'spec'> & { rsa: { modulus: bigint; exponent: bigint } } {
  const fields = new Fields(expectTag(readDer(bits), 0x30));
  const modulus = unsignedOf(fields.next());
  const exponent = unsignedOf(fields.next());
  fields.end();
  const rsa = { modulus: toBigInt(modulus), exponent: toBigInt(exponent) };
  return { spec: rsaSpec(modulus), rsa };
}

function rsaSpec(modulus: Buffer): KeySpec {
  const full = ((modulus[0] ?? 0) & 0x80) !== 0;
  if (full && modulus.length === 256) return 'RSA-2048';
  if (full && modulus.length === 384) return 'RSA-3072';
  throw new DerError('an RSA key must have exactly 2048 or 3072 bits');
}

/** Uncompressed points only (RFC 5480 2.2 requires only those), and only those that lie on the curve. */
function curveKey(curve: 'P-256' | 'P-384', bits: Buffer): KeySpec {
  const size = curve === 'P-256' ? 32 : 48;
  if (bits[0] !== 0x04 || bits.length !== 1 + 2 * size) throw new DerError('the elliptic curve point must be uncompressed');
  const x = toBigInt(bits.subarray(1, 1 + size));
  const y = toBigInt(bits.subarray(1 + size));
  if (!isOnCurve(curve, x, y)) throw new DerError('the point is not on its curve');
  return curve;
}

const toBigInt = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);
