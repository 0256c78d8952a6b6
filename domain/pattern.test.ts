import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readPattern } from './pattern.ts';

const atom = fc.constantFrom('a', 'b', '1', '.', '\\d', '\\w', '\\S', '[ab]', '[^a]', '[0-9_-]', '\\.', '[\\d\\-]');
const times = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,}', '{0,2}');
const sides = (piece: fc.Arbitrary<string>) =>
  fc.array(fc.array(piece, { maxLength: 3 }), { minLength: 1, maxLength: 2 }).map((parts) => parts.map((side) => side.join('')).join('|'));
const plain = fc.tuple(atom, times).map(([a, t]) => `${a}${t}`);
const grouped = (inside: fc.Arbitrary<string>) => fc.tuple(inside, times).map(([i, t]) => `(${i})${t}`);
/** Patterns of the subset, groups in groups. */
const pattern = sides(fc.oneof(plain, grouped(sides(fc.oneof(plain, grouped(sides(plain)))))));

test('it means what the same regular expression means', () => {
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', '-', '😀', ' '), maxLength: 7 }), (source, text) => {
      expect(readPattern(source)?.(text)).toBe(new RegExp(`^(?:${source})$`, 'u').test(text));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ...['(', ')', '[', '[a', 'a{', 'a{2', '*', '+a', 'a**', 'a{3,1}', '[z-a]', '\\', '\\1', '(?=a)', '(?<n>a)', '^a', 'a$', '\\b', '\\p{L}'],
  ...['a{999}{999}', '((a{99}){99}){99}', '[\\d-z]'],
])('%s is refused: no such pattern, or one that grows too large', (source) => expect(readPattern(source)).toBeUndefined());

test('patterns that take exponential time elsewhere take a moment', () => {
  const text = `${'a'.repeat(500)}!`;
  for (const source of ['(a+)+', '(a|a)*', '(a|aa)+', '([a-zA-Z]+)*', '(.*)*', '(a*)*b'])
    expect(readPattern(source)?.(text)).toBe(source === '(.*)*');
});
