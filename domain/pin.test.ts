import { expect, test } from 'vitest';

import { pinProblem } from './pin.ts';

test.each(['648201', '1357924', '90218374', '112358'])('%s may be set', (pin) => expect(pinProblem(pin)).toBeUndefined());

test.each([
  ['12345', 'length'],
  ['', 'length'],
  ['904718263', 'length'],
  ['12a456', 'digits'],
  [' 648201', 'digits'],
  ['٦٤٨٢٠١', 'digits'],
  ['111111', 'trivial'],
  ['00000000', 'trivial'],
  ['123456', 'trivial'],
  ['654321', 'trivial'],
  ['789012', 'trivial'],
  ['210987', 'trivial'],
  ['121212', 'trivial'],
  ['123123', 'trivial'],
  ['12341234', 'trivial'],
])('%j may not: %s', (pin, problem) => expect(pinProblem(pin)).toBe(problem));
