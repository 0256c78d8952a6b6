import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Payload, PayloadCodec } from '@temporalio/common';

import type { KeyRing } from '../../domain/key-ring.ts';

const encoding = 'binary/encrypted';
/** What the server itself says of an activity that was cancelled before it began. It decides nothing and holds no data. */
const serverNote = '"ACTIVITY_ID_NOT_STARTED"';
const ivLength = 12;
const tagLength = 16;

/**
 * Encrypts each payload whole, metadata included, with AES-256-GCM (NIST SP 800-38D; a new random IV each time).
 *
 * Reading is fail-closed: a payload that is not encrypted, is under an unknown key or was changed is an error, so nobody who reaches the
 * Temporal server can put plain arguments in. Only one constant word of the server's own passes.
 */
export const encryptingCodec = (ring: KeyRing): PayloadCodec => ({
  encode: async (payloads) => {
    const id = ring.current;
    const key = await ring.key(id);
    return payloads.map((payload) => encrypt(payload, { id, key }));
  },
  decode: (payloads) => Promise.all(payloads.map(async (payload) => (isServerNote(payload) ? payload : decrypt(payload, ring)))),
});

const isServerNote = ({ metadata, data }: Payload): boolean =>
  textOf(metadata?.['encoding']) === 'json/plain' && textOf(data) === serverNote;

function encrypt(payload: Payload, { id, key }: { id: string; key: Buffer }): Payload {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(contextOf(id));
  const data = Buffer.concat([iv, cipher.update(pack(payload)), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding: Buffer.from(encoding), 'encryption-key-id': Buffer.from(id) }, data };
}

async function decrypt({ metadata, data }: Payload, ring: KeyRing): Promise<Payload> {
  if (textOf(metadata?.['encoding']) !== encoding || !data || data.length < ivLength + tagLength)
    throw new Error('a payload is not encrypted');
  const keyId = textOf(metadata?.['encryption-key-id']);
  const decipher = createDecipheriv('aes-256-gcm', await ring.key(keyId), data.subarray(0, ivLength), { authTagLength: tagLength });
  decipher.setAAD(contextOf(keyId)).setAuthTag(data.subarray(-tagLength));
  return unpack(Buffer.concat([decipher.update(data.subarray(ivLength, -tagLength)), decipher.final()]));
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
