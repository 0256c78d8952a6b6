import { expect, test } from 'vitest';

import { delimiterOf, firstLineOf } from './csv-text.ts';

test('the header says what stands between cells; the other sign may stand in them', () => {
  expect(delimiterOf('email,role\n"a; b",c;d;e')).toBe(',');
  expect(delimiterOf('email;role\nRossi, Anna;x')).toBe(';');
});

test('a record of several lines is where it begins', () => {
  expect([firstLineOf(['a', 'b'], 2), firstLineOf(['Ines\nMaria', 'b'], 5)]).toEqual([2, 4]);
});
