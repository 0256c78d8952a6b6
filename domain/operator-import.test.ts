import fc from 'fast-check';
import { expect, test } from 'vitest';

import { importColumns } from './operator-columns.ts';
import { importedOperator, ImportRow } from './operator-import.ts';

const row = (changes: Record<string, string> = {}) => ({
  line: 2,
  values: {
    ...{ email: 'sara.neri@example.it', givenName: 'Sara', familyName: 'Neri' },
    ...{ role: 'RO', unit: 'OSL', visibility: 'office' },
    ...changes,
  },
});
const errorsIn = (changes: Record<string, string>) => {
  const read = importedOperator(row(changes));
  return Array.isArray(read) ? read.map(({ column }) => column) : [];
};

test('a row without the optional columns leaves open what they would say', () => {
  expect(importedOperator(row())).toEqual({
    person: { email: 'sara.neri@example.it', givenName: 'Sara', familyName: 'Neri' },
    ...{ role: 'RO', unit: 'OSL', visibility: 'office', roleFrom: undefined, roleUntil: undefined },
  });
});

test('an empty cell takes the value away; a day counts from its beginning or to its end', () => {
  const given = { taxCode: '', validUntil: '2027-06-30', roleFrom: '2026-12-01', roleUntil: '2026-12-31T18:00:00+01:00' };
  expect(importedOperator(row(given))).toMatchObject({
    person: { taxCode: null, validUntil: '2027-07-01T00:00:00.000Z' },
    ...{ roleFrom: '2026-12-01T00:00:00.000Z', roleUntil: '2026-12-31T17:00:00.000Z' },
  });
});

test('every fault of a row is told, with its column', () => {
  expect(
    errorsIn({ email: 'sara', familyName: ' ', role: '', visibility: 'everything', validFrom: '1 May', taxCode: 'X' }).toSorted(),
  ).toEqual(['email', 'familyName', 'role', 'taxCode', 'validFrom', 'visibility'].toSorted());
  expect(errorsIn({ roleFrom: '2026-12-01', roleUntil: '2026-11-30' })).toEqual(['roleUntil']);
  expect(errorsIn({ validFrom: '2026-12-01', validUntil: '2026-11-30' })).toEqual(['validUntil']);
  expect(errorsIn({ validUntil: '2026-02-30' })).toEqual(['validUntil']);
});

test('a row lacks no column that it needs, and has none that nobody knows', () => {
  const { unit: _, ...without } = row().values;
  expect(ImportRow.safeParse({ line: 2, values: without }).success).toBe(false);
  expect(ImportRow.safeParse(row({ phone: '1' })).success).toBe(false);
  expect(ImportRow.safeParse(row()).success).toBe(true);
});

test('whatever stands in the cells is read or refused', () => {
  const cells = fc.record(Object.fromEntries(importColumns.map((column) => [column, fc.string({ unit: 'grapheme', maxLength: 40 })])));
  fc.assert(fc.property(cells, (values) => Array.isArray(importedOperator({ line: 2, values })) || true));
});
