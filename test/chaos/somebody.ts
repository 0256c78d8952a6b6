import { taxCodeCheckCharacter } from '../../domain/tax-code.ts';
import { pinProblem } from '../../domain/pin.ts';
import type { Random } from './random.ts';

/** An invented person, different for each number, with the secrets that only this person knows. */
export type Somebody = ReturnType<typeof inventSomebody>;

export function inventSomebody(n: number, random: Random) {
  const letters = Array.from({ length: 6 }, () => String.fromCharCode(65 + Math.floor(random.next() * 26))).join('');
  const first15 = `${letters}85T10A${String(n % 1000).padStart(3, '0')}`;
  return {
    n,
    holder: {
      givenName: 'Łucja',
      familyName: "D'Angelo",
      birthDate: '1985-12-10',
      birthPlace: 'Bologna',
      taxCode: first15 + taxCodeCheckCharacter(first15),
      email: `storm-${n}-${letters.toLowerCase()}@example.it`,
      document: { kind: 'passport', number: `YA${letters}${n}`, issuer: 'Questura di Bologna', expiresOn: '2036-01-01' },
    },
    pin: inventPin(random),
    password: `storm password of ${letters} ${n}`,
    /** Everybody sits at a desk of their own: tries are counted by address. */
    from: `127.0.${1 + Math.floor(n / 250)}.${1 + (n % 250)}`,
  };
}

function inventPin(random: Random): string {
  const pin = String(10_000_000 + Math.floor(random.next() * 89_999_999));
  return pinProblem(pin) === undefined ? pin : inventPin(random);
}
