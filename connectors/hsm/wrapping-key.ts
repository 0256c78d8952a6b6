import pkcs11 from 'pkcs11js';

import type { Handle, TokenSession } from './pkcs11-module.ts';
import { codeOf } from './pkcs11-module.ts';
import { idOf } from './pkcs11-keys.ts';
import type { Sealed } from './hsm.ts';

const IV = 12;
const TAG = 16;

/** Makes an AES-256 token key that can encrypt and decrypt, and never leaves the token. */
export async function generateWrappingKey({ module, session }: TokenSession, label: string): Promise<void> {
  await module.C_GenerateKeyAsync(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
    { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
    { type: pkcs11.CKA_VALUE_LEN, value: 32 },
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: true },
    { type: pkcs11.CKA_SENSITIVE, value: true },
    { type: pkcs11.CKA_EXTRACTABLE, value: false },
    { type: pkcs11.CKA_ENCRYPT, value: true },
    { type: pkcs11.CKA_DECRYPT, value: true },
    { type: pkcs11.CKA_LABEL, value: label },
    { type: pkcs11.CKA_ID, value: idOf(label) },
  ]);
}

/** AES-256-GCM on the token: IV (of the token's generator, as SP 800-38D 8.2.2 asks), ciphertext, tag. */
export async function seal(
  { module, session }: TokenSession,
  key: Handle,
  { plain, aad }: { plain: Buffer; aad: Buffer },
): Promise<Sealed> {
  const iv = module.C_GenerateRandom(session, Buffer.alloc(IV));
  module.C_EncryptInit(session, gcm(iv, aad), key);
  return Buffer.concat([iv, await module.C_EncryptAsync(session, plain, Buffer.alloc(plain.length + TAG))]);
}

/** Opens what `seal` made. Throws if it, or the context, was changed. */
export async function unseal(
  { module, session }: TokenSession,
  key: Handle,
  { sealed, aad }: { sealed: Sealed; aad: Buffer },
): Promise<Buffer> {
  if (sealed.length < IV + TAG) throw doesNotOpen();
  module.C_DecryptInit(session, gcm(sealed.subarray(0, IV), aad), key);
  try {
    return await module.C_DecryptAsync(session, sealed.subarray(IV), Buffer.alloc(sealed.length));
  } catch (error) {
    throw changed.has(codeOf(error)) ? doesNotOpen() : error;
  }
}

/** SoftHSM reports a wrong tag as CKR_GENERAL_ERROR; PKCS#11 3.0 has a code of its own (0x35, CKR_AEAD_DECRYPT_FAILED). */
const changed: ReadonlySet<number | undefined> = new Set([pkcs11.CKR_GENERAL_ERROR, pkcs11.CKR_ENCRYPTED_DATA_INVALID, 0x35]);

const doesNotOpen = (): Error => new Error('the sealed value does not open: it was changed, or belongs to another key or context');

/** The binding does not check names: `AAD` instead of `aad` would be ignored without a word. The type below refuses it. */
const gcm = (
  iv: Buffer,
  aad: Buffer,
): { mechanism: number; parameter: { type: number; iv: Buffer; ivBits: number; aad: Buffer; tagBits: number } } => ({
  mechanism: pkcs11.CKM_AES_GCM,
  parameter: { type: pkcs11.CK_PARAMS_AES_GCM, iv, ivBits: IV * 8, aad, tagBits: TAG * 8 },
});
