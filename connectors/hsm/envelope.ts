import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Sealed } from './hsm.ts';

const ivLength = 12;
const tagLength = 16;

/** AES-256-GCM (NIST SP 800-38D) under a data key, with a new random IV; `aad` binds the context and must be given again to open. */
export function sealWith(key: Buffer, plain: Buffer, aad: Buffer): Sealed {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Throws when a byte, the key or the context is another than at sealing. */
export function openWith(key: Buffer, sealed: Sealed, aad: Buffer): Buffer {
  if (sealed.length < ivLength + tagLength) throw new Error('a sealed value is cut');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivLength), { authTagLength: tagLength });
  decipher.setAAD(aad).setAuthTag(sealed.subarray(-tagLength));
  return Buffer.concat([decipher.update(sealed.subarray(ivLength, -tagLength)), decipher.final()]);
}
