/**
 * Italian tax code (codice fiscale, D.M. 23 December 1976): 16 characters, the last a check character over the first 15.
 * Omocodia replaces digits by letters L M N P Q R S T U V, which the check covers as well.
 */
const odd: Record<string, number> = Object.fromEntries(
  [1, 0, 5, 7, 9, 13, 15, 17, 19, 21].flatMap((v, i) => [
    [String(i), v],
    [String.fromCharCode(65 + i), v],
  ]),
);
[2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23].forEach((v, i) => (odd[String.fromCharCode(75 + i)] = v));
const even = (c: string) => (/\d/.test(c) ? Number(c) : c.charCodeAt(0) - 65);

const shape = /^[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$/;

export const taxCodeCheckCharacter = (first15: string): string =>
  String.fromCharCode(65 + ([...first15].reduce((sum, c, i) => sum + (i % 2 === 0 ? (odd[c] ?? 0) : even(c)), 0) % 26));

/** What is wrong with a tax code (upper case, no spaces), or undefined. */
export function taxCodeProblem(code: string): 'shape' | 'check' | undefined {
  if (!shape.test(code)) return 'shape';
  return taxCodeCheckCharacter(code.slice(0, 15)) === code[15] ? undefined : 'check';
}
