import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Hsm, Sealed } from './hsm.ts';

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

/** AES-256 keys by id. New values are sealed with `current`; every key in the ring can open. */
export interface KeyRing {
  current: string;
  keys: Map<string, Buffer>;
}

export type KeyPurpose = 'codes' | 'payload';

/** Where wrapped data keys are kept; `ensure` answers the row that is current, the first one wins. */
export interface WrappedKeys {
  list(): Promise<{ id: string; purpose: string; wrapped: Buffer; wrappingKey: string; current: boolean }[]>;
  ensure(row: { id: string; purpose: KeyPurpose; wrapped: Buffer; wrappingKey: string }): Promise<unknown>;
}

const wrappingKey = 'kek';
const aadOf = (purpose: string, id: string) => Buffer.from(`${purpose}|${id}`);

/** The data keys of a purpose, unwrapped by the HSM once at process start; the first process of all makes the first key under `newId`. */
export async function openDataKeys(hsm: Hsm, store: WrappedKeys, purpose: KeyPurpose, newId: string): Promise<KeyRing> {
  let rows = await rowsOf(store, purpose);
  if (!rows.some((row) => row.current)) {
    await hsm.ensureWrappingKey(wrappingKey);
    const wrapped = await hsm.wrap(wrappingKey, await hsm.random(32), aadOf(purpose, newId));
    await store.ensure({ id: newId, purpose, wrapped, wrappingKey });
    rows = await rowsOf(store, purpose);
  }
  const keys = new Map<string, Buffer>();
  for (const row of rows) keys.set(row.id, await hsm.unwrap(row.wrappingKey, row.wrapped, aadOf(purpose, row.id)));
  return { current: rows.find((row) => row.current)?.id ?? '', keys };
}

const rowsOf = async (store: WrappedKeys, purpose: KeyPurpose) => (await store.list()).filter((row) => row.purpose === purpose);
