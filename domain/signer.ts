/** Key kinds that smartCMS makes and signs with. Names are those of the field: RSA modulus bits, NIST curves. */
export type KeySpec = 'RSA-2048' | 'RSA-3072' | 'P-256' | 'P-384';

/**
 * A private key somewhere (HSM, card, memory), seen as the only thing `pki/` needs of it.
 *
 * `sign(data)` returns the signature in X.509 form: ECDSA as DER `ECDSA-Sig-Value` (RFC 3279 2.2.3), RSA as
 * PKCS#1 v1.5 (RFC 8017 8.2). The hash follows the key: SHA-256, but SHA-384 with P-384.
 */
export interface Signer {
  readonly spec: KeySpec;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  sign(data: Buffer): Promise<Buffer>;
}
