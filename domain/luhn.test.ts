import fc from 'fast-check';
import { expect, test } from 'vitest';

import { luhnDigit, luhnValid, withLuhn } from './luhn.ts';

test.each([
  ['7992739871', '3'],
  ['453201511283036', '6'],
])('check digit of %s is %s', (digits, check) => {
  expect(luhnDigit(digits)).toBe(check);
});

const digits = fc.stringMatching(/^\d{1,20}$/);

test('every number with its digit is valid, and every single wrong digit is found', () => {
  fc.assert(
    fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (plain, at, by) => {
      const whole = withLuhn(plain);
      expect(luhnValid(whole)).toBe(true);
      const i = at % whole.length;
      const wrong = whole.slice(0, i) + String((Number(whole[i]) + by) % 10) + whole.slice(i + 1);
      expect(luhnValid(wrong)).toBe(false);
    }),
  );
});
