import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { integer } from './der.ts';
import { readDer } from './der-reader.ts';
import { unsignedOf } from './der-values.ts';
import { newSerial, serialBytes, serialHex } from './serial.ts';

test('127 bits of the 128 are random, the sign bit is clear', () => {
  const seen = Array.from({ length: 128 }, () => 0);
  const rounds = 4_000;
  for (let i = 0; i < rounds; i++) {
    const value = BigInt(`0x${newSerial(randomBytes(16))}`);
    for (let bit = 0; bit < 128; bit++) if ((value >> BigInt(bit)) & 1n) seen[bit] = (seen[bit] ?? 0) + 1;
  }
  expect(seen.pop()).toBe(0);
  // 8 standard deviations around one half: a chance of 1 in 10^13 for all bits together.
  for (const count of seen) expect(Math.abs(count - rounds / 2)).toBeLessThan(8 * Math.sqrt(rounds / 4));
});

test('a million serial numbers do not meet', () => {
  const block = randomBytes(16 * 1_000_000);
  const serials = new Set<string>();
  for (let i = 0; i < 1_000_000; i++) serials.add(newSerial(block.subarray(i * 16, i * 16 + 16)));
  expect(serials.size).toBe(1_000_000);
});

test('a certificate is found under the spelling it was issued with, also when the first byte is zero', () => {
  for (const hex of [`ff${'00'.repeat(15)}`, `80${'ab'.repeat(15)}`, `${'00'.repeat(15)}01`, `0012${'00'.repeat(14)}`]) {
    const serial = newSerial(Buffer.from(hex, 'hex'));
    expect(serialHex(unsignedOf(readDer(integer(serialBytes(serial)))))).toBe(serial);
    expect(serial).toMatch(/^([0-9a-f]{2})+$/);
  }
});

test('no other spelling and no broken random generator is accepted', () => {
  for (const bad of ['', '0', '001', 'AB', '00ab', 'ab'.repeat(21), 'xy']) expect(() => serialBytes(bad)).toThrow(RangeError);
  expect(() => newSerial(Buffer.alloc(16))).toThrow(/zeros/);
  expect(() => newSerial(randomBytes(8))).toThrow(/16 random/);
});
