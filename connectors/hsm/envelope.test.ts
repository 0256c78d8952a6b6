import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openWith, sealWith } from './envelope.ts';

const key = randomBytes(32);
const aad = Buffer.from('id|pin');

test('any value comes back, and sealing twice gives two values', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const [first, second] = [sealWith(key, Buffer.from(bytes), aad), sealWith(key, Buffer.from(bytes), aad)];
      expect(first.equals(second)).toBe(false);
      expect(openWith(key, first, aad)).toEqual(Buffer.from(bytes));
    }),
  );
});

test('a changed byte, another key, another context and a cut value are refused', () => {
  const sealed = sealWith(key, Buffer.from('123456'), aad);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] as number) ^ 1;
    expect(() => openWith(key, changed, aad)).toThrow();
  }
  expect(() => openWith(randomBytes(32), sealed, aad)).toThrow();
  expect(() => openWith(key, sealed, Buffer.from('id|puk'))).toThrow();
  expect(() => openWith(key, sealed.subarray(0, 20), aad)).toThrow('cut');
});
