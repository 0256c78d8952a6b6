import fc from 'fast-check';
import { expect, test } from 'vitest';

import { longestPassword, passwordProblem, shortestPassword } from './password.ts';

const words = ['giulia.ferrari@aurelia.example', 'Giulia', 'Ferrari'];

test.each([
  ['four words do very well', undefined],
  ['Kx9#mQ2$vL7@pR4', undefined],
  ['fourteen chars', 'short'],
  ['x'.repeat(longestPassword + 1), 'long'],
  ['aaaaaaaaaaaaaaaaaaaa', 'easy'],
  ['abcabcabcabcabcabc', 'easy'],
  ['passwordpassword1', 'easy'],
  ['12345678901234567890', 'easy'],
  ['Giulia.Ferrari2026!', 'easy'],
  ['giulia.ferrari@aurelia.example', 'easy'],
  ['smartCMS-smartCMS-2026', 'easy'],
])('%j is %s', (password, problem) => {
  expect(passwordProblem(password, words)).toBe(problem);
});

test('length counts characters as people do: an emoji is one', () => {
  expect(passwordProblem('🐟'.repeat(shortestPassword - 1), [])).toBe('short');
});

test('random passwords are never refused as easy, and more characters never make a good one bad', () => {
  const random = fc
    .string({ minLength: 32, maxLength: 60, unit: 'grapheme-ascii' })
    .filter((text) => new Set(text.toLowerCase()).size > 16);
  fc.assert(fc.property(random, (text) => passwordProblem(`~^${text}`, []) === undefined));
});
