import { randomBytes } from 'node:crypto';

import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fixedKeys } from '../../test/support/fixed-keys.ts';
import { encryptingCodec } from './payload-codec.ts';

const keys = new Map([
  ['k1', randomBytes(32)],
  ['k2', randomBytes(32)],
]);
const codec = encryptingCodec(fixedKeys('k2', keys));
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const encrypted = async (value: unknown) => (await codec.encode([payloadOf(value)]))[0] as Payload;

test('any value comes back, and two encodings of it differ', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const [first, second] = [await encrypted(value), await encrypted(value)];
      expect(Buffer.compare(first.data as Uint8Array, second.data as Uint8Array)).not.toBe(0);
      const [decoded] = await codec.decode([first]);
      expect(defaultPayloadConverter.fromPayload(decoded as Payload)).toEqual(payloadValue(value));
    }),
    { numRuns: 50 },
  );
});
const payloadValue = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

test('undefined and bytes come back as they were', async () => {
  const [none, bytes] = await codec.decode([await encrypted(undefined), await encrypted(new Uint8Array([1, 2, 3]))]);
  expect(defaultPayloadConverter.fromPayload(none as Payload)).toBeUndefined();
  expect(Buffer.from(defaultPayloadConverter.fromPayload<Uint8Array>(bytes as Payload))).toEqual(Buffer.from([1, 2, 3]));
});

test('bytes that are absent, or an empty array as protobufjs has it, are encrypted as none', async () => {
  const metadata = { encoding: Buffer.from('binary/null') };
  for (const payload of [{ metadata }, { metadata, data: [] as unknown as Uint8Array }]) {
    const [decoded] = await codec.decode(await codec.encode([payload]));
    expect(defaultPayloadConverter.fromPayload(decoded as Payload)).toBeUndefined();
  }
});

test('nothing of the value can be read, nor its encoding', async () => {
  const payload = await encrypted({ requestId: 'r-0001' });
  expect(Buffer.from(payload.data as Uint8Array).includes('r-0001')).toBe(false);
  expect(Object.values(payload.metadata ?? {}).map(String)).not.toContain('json/plain');
});

describe('reading is refused', () => {
  test('when any byte was changed', async () => {
    const payload = await encrypted({ a: 1 });
    const length = (payload.data as Uint8Array).length;
    await fc.assert(
      fc.asyncProperty(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const data = Buffer.from(payload.data as Uint8Array);
        data[at] = (data[at] as number) ^ mask;
        await expect(codec.decode([{ ...payload, data }])).rejects.toThrow();
      }),
    );
  });

  test('when the key id was exchanged, even for a known key', async () => {
    const payload = await encrypted({ a: 1 });
    const metadata = { ...payload.metadata, 'encryption-key-id': Buffer.from('k1') };
    await expect(codec.decode([{ ...payload, metadata }])).rejects.toThrow();
  });

  test('when the key is not known', async () => {
    const other = encryptingCodec(fixedKeys('k1', new Map([['k1', keys.get('k1') as Buffer]])));
    await expect(other.decode([await encrypted(1)])).rejects.toThrow('the data key k2 is not known');
  });

  test('when it is plain or cut', async () => {
    await expect(codec.decode([payloadOf('plain')])).rejects.toThrow('a payload is not encrypted');
    const payload = await encrypted(1);
    await expect(codec.decode([{ ...payload, data: (payload.data as Uint8Array).subarray(0, 20) }])).rejects.toThrow(
      'a payload is not encrypted',
    );
  });
});

test('a key that is no longer current can still be read', async () => {
  const [old] = await encryptingCodec(fixedKeys('k1', keys)).encode([payloadOf('x')]);
  const [decoded] = await codec.decode([old as Payload]);
  expect(defaultPayloadConverter.fromPayload(decoded as Payload)).toBe('x');
});

test("the server's own word for an activity that was cancelled before it began is read, and nothing like it", async () => {
  const note = payloadOf('ACTIVITY_ID_NOT_STARTED');
  expect((await codec.decode([note])).map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual(['ACTIVITY_ID_NOT_STARTED']);
  for (const value of ['ACTIVITY_ID_NOT_STARTED ', ['ACTIVITY_ID_NOT_STARTED'], ''])
    await expect(codec.decode([payloadOf(value)])).rejects.toThrow('not encrypted');
});
