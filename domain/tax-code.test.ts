import fc from 'fast-check';
import { expect, test } from 'vitest';

import { taxCodeCheckCharacter, taxCodeProblem } from './tax-code.ts';

test.each(['RSSMRA85T10A562S', 'MRTMTT91D08F205J'])('%s is a tax code with its check character', (code) => {
  expect(taxCodeCheckCharacter(code.slice(0, 15))).toBe(code[15]);
  expect(taxCodeProblem(code)).toBeUndefined();
});

test('every single wrong check character is found', () => {
  fc.assert(
    fc.property(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRTUVWXYZ'), (c) => {
      expect(taxCodeProblem(`RSSMRA85T10A562${c}`)).toBe('check');
    }),
  );
});

test.each(['', 'RSSMRA85T10A562', 'RSSMRA85T10A562SX', 'rssmra85t10a562s', '0SSMRA85T10A562S', 'RSSMRA85Z10A562S'])(
  '%j is no tax code',
  (code) => {
    expect(taxCodeProblem(code)).toBe('shape');
  },
);
