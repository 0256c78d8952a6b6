import { createHash } from 'node:crypto';

import pkcs11 from 'pkcs11js';

import type { KeySpec } from '../../domain/signer.ts';
import { bitString, integer, NULL, oid, sequence } from '../../pki/der.ts';
import type { Handle, TokenSession } from './pkcs11-module.ts';
import { findObjects } from './pkcs11-objects.ts';

/** A key pair on a token. */
export interface KeyPair {
  spec: KeySpec;
  privateKey: Handle;
  publicKey: Handle;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
}

const curves = {
  'P-256': { parameters: oid('1.2.840.10045.3.1.7'), size: 32, hash: 'sha256' },
  'P-384': { parameters: oid('1.3.132.0.34'), size: 48, hash: 'sha384' },
} as const;
const modulusBits = { 'RSA-2048': 2048, 'RSA-3072': 3072 } as const;

const isCurve = (spec: KeySpec): spec is keyof typeof curves => Object.hasOwn(curves, spec);

/** CKA_ID that follows from the label, so that two processes name the same key alike. */
export const idOf = (label: string): Buffer => createHash('sha256').update(label, 'utf8').digest().subarray(0, 16);

/**
 * Makes a token key pair: sensitive, not extractable. Runs on the thread pool; RSA takes seconds. Not idempotent: look with
 * `findKeyPair` first.
 */
export async function generateKeyPair({ module, session }: TokenSession, label: string, spec: KeySpec): Promise<void> {
  const common = [
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_LABEL, value: label },
    { type: pkcs11.CKA_ID, value: idOf(label) },
  ];
  const publicTemplate = [...common, { type: pkcs11.CKA_VERIFY, value: true }, ...parametersOf(spec)];
  const privateTemplate = [
    ...common,
    { type: pkcs11.CKA_PRIVATE, value: true },
    { type: pkcs11.CKA_SENSITIVE, value: true },
    { type: pkcs11.CKA_EXTRACTABLE, value: false },
    { type: pkcs11.CKA_SIGN, value: true },
  ];
  const mechanism = isCurve(spec) ? pkcs11.CKM_EC_KEY_PAIR_GEN : pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN;
  await module.C_GenerateKeyPairAsync(session, { mechanism }, publicTemplate, privateTemplate);
}

function parametersOf(spec: KeySpec): { type: number; value: Buffer | number }[] {
  if (isCurve(spec)) return [{ type: pkcs11.CKA_EC_PARAMS, value: curves[spec].parameters }];
  return [
    { type: pkcs11.CKA_MODULUS_BITS, value: modulusBits[spec] },
    { type: pkcs11.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
  ];
}

/** The key pair with this label; undefined if there is none, or only half of one (a generation that was cut off). */
export function findKeyPair(token: TokenSession, label: string): KeyPair | undefined {
  const [privateKey] = findObjects(token, { class: pkcs11.CKO_PRIVATE_KEY, label });
  const [publicKey] = findObjects(token, { class: pkcs11.CKO_PUBLIC_KEY, label });
  if (!privateKey || !publicKey) return undefined;
  return { privateKey, publicKey, ...publicKeyOf(token, publicKey) };
}

/** Kind and SubjectPublicKeyInfo of a public key object. */
export function publicKeyOf({ module, session }: TokenSession, handle: Handle): { spec: KeySpec; spki: Buffer } {
  const value = (type: number): Buffer => module.C_GetAttributeValue(session, handle, [{ type }])[0]?.value as Buffer;
  const rsa = value(pkcs11.CKA_KEY_TYPE).readUInt32LE() === pkcs11.CKK_RSA;
  if (rsa) return rsaPublicKey(value(pkcs11.CKA_MODULUS), value(pkcs11.CKA_PUBLIC_EXPONENT));
  return curvePublicKey(value(pkcs11.CKA_EC_PARAMS), value(pkcs11.CKA_EC_POINT));
}

function rsaPublicKey(modulus: Buffer, exponent: Buffer): { spec: KeySpec; spki: Buffer } {
  const key = sequence(integer(modulus), integer(exponent));
  const spec = modulus.length > 256 ? 'RSA-3072' : 'RSA-2048';
  return { spec, spki: sequence(sequence(oid('1.2.840.113549.1.1.1'), NULL), bitString(key)) };
}

/** CKA_EC_POINT is a DER OCTET STRING (PKCS#11 2.40, 2.3.3); some modules return the bare point. */
function curvePublicKey(parameters: Buffer, point: Buffer): { spec: KeySpec; spki: Buffer } {
  const spec = parameters.equals(curves['P-384'].parameters) ? 'P-384' : 'P-256';
  const bare = 1 + 2 * curves[spec].size;
  const bits = point.subarray(point.length - bare);
  return { spec, spki: sequence(sequence(oid('1.2.840.10045.2.1'), parameters), bitString(bits)) };
}

/** Signs with a private key of the token, on the thread pool, in the form of `Signer`. */
export async function signWith(
  { module, session }: TokenSession,
  key: Pick<KeyPair, 'spec' | 'privateKey'>,
  data: Buffer,
): Promise<Buffer> {
  if (!isCurve(key.spec)) {
    module.C_SignInit(session, { mechanism: pkcs11.CKM_SHA256_RSA_PKCS }, key.privateKey);
    return module.C_SignAsync(session, data, Buffer.alloc(modulusBits[key.spec] / 8));
  }
  const { hash, size } = curves[key.spec];
  module.C_SignInit(session, { mechanism: pkcs11.CKM_ECDSA }, key.privateKey);
  const signature = await module.C_SignAsync(session, createHash(hash).update(data).digest(), Buffer.alloc(2 * size));
  return sequence(integer(signature.subarray(0, size)), integer(signature.subarray(size)));
}
