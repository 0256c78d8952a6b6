import { expect, test } from 'vitest';

import { needles } from './support/needles.ts';

const found = (value: string, text: string) => needles(['another value', value]).in(Buffer.from(text)).has(value);
const packed = (text: string, form: BufferEncoding) => Buffer.from(text).toString(form);

test.each([
  ['as it is', (v: string) => `pin=${v}`],
  ['at both ends', (v: string) => v],
  ['as bytes of PostgreSQL', (v: string) => `(\\x00${packed(v, 'hex')}ff)`],
  ['in base64', (v: string) => packed(v, 'base64')],
  ['in base64 after one byte', (v: string) => packed(`a${v}bc`, 'base64')],
  ['in base64 after two bytes', (v: string) => packed(`ab${v}`, 'base64')],
  ['in base64url', (v: string) => packed(`abc${v}?`, 'base64url')],
])('a value is found %s', (_, hide) => {
  for (const value of ['83920174', 'canary-yellow>>>???', 'RSSLCU85T10A944Q'])
    expect([value, found(value, hide(value))]).toEqual([value, true]);
});

test('a value is found as part of a URL', () => {
  expect(found('anna+1@example.it', `/requests?search=${encodeURIComponent('anna+1@example.it')}`)).toBe(true);
});

test('digits are not found in a longer number or in hexadecimal text, nor is half a value', () => {
  for (const text of ['183920174', '839201745', 'a83920174-', '83920174f', '8392017', '8392 0174'])
    expect([text, found('83920174', text)]).toEqual([text, false]);
});

test('a value that is too short to be looked for is refused', () => {
  expect(() => needles(['739154'])).toThrow('plant a longer one');
});
