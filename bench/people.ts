import { stringify } from 'csv-stringify/sync';

import { taxCodeCheckCharacter } from '../domain/tax-code.ts';

export interface People {
  count: number;
  seed: number;
  /** Number of the first: benchmarks on one system take persons of their own. */
  first?: number;
  /** Codes of their offices, in turn. */
  units?: string[];
}

/** Persons for `smartcms issue`, the same for the same seed. */
export const peopleCsv = ({ count, seed, first = 0, units = ['OSL'] }: People): string =>
  stringify(
    Array.from({ length: count }, (_, i) => person(seed * 100_000 + first + i, units[i % units.length] ?? '')),
    { header: true },
  );

/** Six letters that no other number has. */
const letters = (n: number): string =>
  Array.from({ length: 6 }, (_, i) => String.fromCharCode(65 + (Math.floor(n / 26 ** i) % 26))).join('');

function person(n: number, unit: string) {
  const first15 = `${letters(n)}85T10A${String(n % 1000).padStart(3, '0')}`;
  return {
    ...{ givenName: 'Anna', familyName: `Bench ${letters(n)}`, birthDate: '1985-12-10', birthPlace: 'Bologna' },
    ...{ taxCode: first15 + taxCodeCheckCharacter(first15), email: `bench${n}@example.it` },
    ...{ documentKind: 'passport', documentNumber: `YA${n}`, documentIssuer: 'Questura di Bologna', documentExpiresOn: '2036-01-01' },
    ...{ unit, profile: 'staff-card' },
  };
}
