import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Payload, PayloadCodec } from '@temporalio/common';

/** AES-256 keys by id. New payloads are written with `current`; every key in the ring can be read. */
export interface PayloadKeys {
  current: string;
  keys: ReadonlyMap<string, Buffer>;
}

const encoding = 'binary/encrypted';
const ivLength = 12;
const tagLength = 16;

/**
 * Encrypts each payload whole, metadata included, with AES-256-GCM (NIST SP 800-38D; a new random IV each time).
 *
 * Reading is fail-closed: a payload that is not encrypted, is under an unknown key or was changed is an error, so nobody who reaches the
 * Temporal server can put plain arguments in.
 */
export const encryptingCodec = ({ current, keys }: PayloadKeys): PayloadCodec => {
  if (!keys.has(current)) throw new Error(`the payload key ${current} is not in the ring`);
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypt(payload, current, keys))),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, keys)),
  };
};

function encrypt(payload: Payload, keyId: string, keys: PayloadKeys['keys']): Payload {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', keyOf(keyId, keys), iv).setAAD(contextOf(keyId));
  const data = Buffer.concat([iv, cipher.update(pack(payload)), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding: Buffer.from(encoding), 'encryption-key-id': Buffer.from(keyId) }, data };
}

function decrypt({ metadata, data }: Payload, keys: PayloadKeys['keys']): Payload {
  if (textOf(metadata?.['encoding']) !== encoding || !data || data.length < ivLength + tagLength)
    throw new Error('a payload is not encrypted');
  const keyId = textOf(metadata?.['encryption-key-id']);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(keyId, keys), data.subarray(0, ivLength), { authTagLength: tagLength });
  decipher.setAAD(contextOf(keyId)).setAuthTag(data.subarray(-tagLength));
  return unpack(Buffer.concat([decipher.update(data.subarray(ivLength, -tagLength)), decipher.final()]));
}

function keyOf(keyId: string, keys: PayloadKeys['keys']): Buffer {
  const key = keys.get(keyId);
  if (!key) throw new Error(`the payload key ${keyId} is not known here`);
  return key;
}

/** Not bound to a namespace or workflow: a history that was exported must stay readable in the replay tests. */
const contextOf = (keyId: string) => Buffer.from(`smartcms payload ${keyId}`);
const textOf = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString();

/** Length of the metadata (4 bytes), metadata as JSON with base64 values, data. */
function pack({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  // protobufjs gives absent bytes as an empty array, not as bytes
  return Buffer.concat([length, head, Buffer.from(data ?? [])]);
}

function unpack(packed: Buffer): Payload {
  const end = 4 + packed.readUInt32BE(0);
  const head = JSON.parse(packed.subarray(4, end).toString()) as Record<string, string>;
  const metadata = Object.fromEntries(Object.entries(head).map(([name, value]) => [name, Buffer.from(value, 'base64')]));
  return { metadata, data: packed.subarray(end) };
}
