import { expect, test } from 'vitest';

import { duration, plain, safeJson, table } from './terminal.ts';

test('what would steer a terminal is shown, letters of any language stay', () => {
  expect(plain('\u001b[31mred\u0007\u009b2J\u202eabc\u200b')).toBe('\\u001b[31mred\\u0007\\u009b2J\\u202eabc\\u200b');
  expect(plain("Łucja D'Angelo, Đà Nẵng, Ayşe")).toBe("Łucja D'Angelo, Đà Nẵng, Ayşe");
});

test('JSON for stdout is the same value in safe characters', () => {
  const value = { name: 'a\u009b\u202e\u007fb', list: [1] };
  expect(safeJson(value)).toMatch(/^[\n\x20-\x7e]*$/);
  expect(JSON.parse(safeJson(value))).toEqual(value);
});

test('columns line up, and cells are made safe', () => {
  expect(
    table([
      ['a', 'ok', 'x'],
      ['bcd', 'down', '\u001b'],
    ]),
  ).toBe('a    ok    x\nbcd  down  \\u001b');
});

test('durations read as people say them', () => {
  expect([duration(8.42), duration(125)]).toEqual(['8.4 s', '2:05 min']);
});
