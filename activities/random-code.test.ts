import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { randomActivationCode, randomPin, randomText } from './random-code.ts';

const random = (length: number) => Promise.resolve(randomBytes(length));

test('bytes that would favour some characters are thrown away', async () => {
  const draws = [Buffer.from([250, 255, 249, 0]), Buffer.from([251, 9, 10, 199])];
  expect(await randomText(() => Promise.resolve(draws.shift() as Buffer), '0123456789', 4)).toBe('9090');
});

test('each digit comes about equally often', async () => {
  const text = await randomText(random, '0123456789', 50_000);
  for (const digit of '0123456789') {
    const share = text.split(digit).length - 1;
    expect(share).toBeGreaterThan(4600);
    expect(share).toBeLessThan(5400);
  }
});

test('a trivial draw is drawn again', async () => {
  const draws = [Buffer.from([1, 1, 1, 1, 1, 1]), Buffer.from([7, 0, 3, 9, 2, 2])];
  expect(await randomPin(() => Promise.resolve(draws.shift() as Buffer), 6)).toBe('703922');
});

test('an activation code has ten characters that nobody confuses', async () => {
  expect(await randomActivationCode(random)).toMatch(/^[2-9A-HJ-NP-Z]{10}$/);
});
