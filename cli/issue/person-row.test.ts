import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { FieldDefinition, noFields } from '../../domain/field-definition.ts';
import { taxCodeProblem } from '../../domain/tax-code.ts';
import { readPeople } from './people-file.ts';
import { checkRows, columnOf, type Catalogue } from './person-row.ts';

const example = (name: string) => readPeople(readFileSync(new URL(`../../${name}`, import.meta.url)));
const unit = (code: string) => ({ id: code, parentId: null, kind: 'office' as const, code, name: code });
const catalogue: Catalogue = {
  units: ['OSL', 'COL', 'PNV', 'ANC'].map(unit),
  profiles: [
    { id: 'p1', code: 'staff-card', model: 'desk' },
    { id: 'p2', code: 'virtual-card', model: 'virtual' },
  ],
  fields: noFields.set,
  today: '2026-11-24',
};

test('the fifty people of the example are all good, in four offices, with tax codes of their own', () => {
  const { good, bad } = checkRows(example('examples/people.csv'), catalogue);
  expect(bad).toEqual([]);
  expect(good).toHaveLength(50);
  expect(new Set(good.map((row) => row.unit.code)).size).toBe(4);
  expect(new Set(good.map((row) => row.reference)).size).toBe(50);
  expect(good.every((row) => taxCodeProblem(row.holder.taxCode) === undefined)).toBe(true);
  expect(good.every((row) => /@example\.(it|org)$/.test(row.holder.email))).toBe(true);
});

test('every bad row of the example is told with line, column and reason, and the good rows go on', () => {
  const { good, bad } = checkRows(example('examples/people-bad.csv'), catalogue);
  expect(good.map(({ line }) => line)).toEqual([2, 20, 25, 28]);
  expect(bad.map(({ line, errors }) => [line, ...errors.map((e) => `${e.column}: ${e.message}`)])).toEqual([
    [3, 'taxCode: The check character does not fit: read the tax code again'],
    [4, 'taxCode: A tax code has 16 letters and digits, such as RSSMRA85T10A562S'],
    [5, 'birthDate: The date of birth is in the future'],
    [6, 'birthDate: Write a date as YYYY-MM-DD'],
    [7, 'birthDate: The date of birth is before 1900'],
    [8, 'documentExpiresOn: The document has expired: ask for a valid one'],
    [9, 'email: Write an e-mail address such as anna.rossi@example.it'],
    [10, 'givenName: Write something here'],
    [11, 'familyName: At most 60 characters'],
    [12, expect.stringMatching(/^documentKind: /)],
    [13, 'unit: No such unit, or not yours. Units: OSL, COL, PNV, ANC'],
    [14, 'profile: No such device profile. Profiles: staff-card, virtual-card'],
    [15, 'familyName: No control characters, < or >'],
    [16, 'documentNumber: No control characters, < or >'],
    [17, 'taxCode: The same tax code is in line 2: take one of the two out'],
    [18, 'documentExpiresOn: Write a date as YYYY-MM-DD'],
    [19, expect.stringMatching(/^unit: No such unit/)],
    [21, expect.stringMatching(/^taxCode: /), expect.stringMatching(/^email: /)],
    [22, ': 2 cell(s) fewer than the header has columns'],
    [23, ': 1 cell(s) more than the header has columns: put a cell that holds the separator in quotes'],
    [26, 'givenName: No control characters, < or >'],
  ]);
});

test('all faults of a row are told at once, those of the place too', () => {
  const [row] = example('examples/people.csv');
  const values = { ...row!.values, email: 'nobody', unit: 'XYZ', profile: 'virtual-card' };
  const { bad } = checkRows([{ line: 2, surplus: 0, values }], catalogue);
  expect(bad[0]?.errors.map((e) => e.column)).toEqual(['email', 'unit', 'profile']);
});

test('columns of added fields are read by the rules of their fields; others are no columns', () => {
  const [row] = example('examples/people.csv');
  const visible = { form: true, list: false, filter: false, csv: true, report: false };
  const field = (code: string, more: object) =>
    FieldDefinition.parse({ code, subject: 'holder', type: 'text', label: { en: code, it: code }, visible, ...more });
  const fields = {
    groups: [],
    fields: [
      field('phone', { type: 'phone' }),
      field('grade', { type: 'number', max: 9 }),
      field('badge', { subject: 'request', required: true }),
    ],
  };
  const check = (extra: Record<string, string>) => checkRows([{ ...row!, extra }], { ...catalogue, fields });
  expect(check({ phone: '+39 055 1234567', grade: '3', badge: 'B1' }).good).toMatchObject([
    { holder: { extra: { phone: '+390551234567', grade: 3 } }, extra: { badge: 'B1' } },
  ]);
  expect(check({ phone: 'none', grade: '10', badge: '' }).bad).toMatchObject([
    { errors: [{ column: 'badge' }, { column: 'phone' }, { column: 'grade', message: 'At most 9' }] },
  ]);
  expect(() => check({ shoe: '42' })).toThrow('"shoe". The fields of this installation are phone, grade, badge.');
});

test('of two rows with one tax code the first good one counts', () => {
  const [row] = example('examples/people.csv');
  const broken = { line: 2, surplus: 0, values: { ...row!.values, email: 'nobody' } };
  const { good, bad } = checkRows([broken, { ...row!, line: 3 }, { ...row!, line: 4 }], catalogue);
  expect([good.map((r) => r.line), bad.map((r) => r.line)]).toEqual([[3], [2, 4]]);
});

test('the reference stays the same from run to run and differs by profile', () => {
  const [row] = example('examples/people.csv');
  const reference = (code: string) =>
    checkRows([{ ...row!, values: { ...row!.values, profile: code } }], { ...catalogue, profiles: [{ id: code, code, model: 'desk' }] })
      .good[0]?.reference;
  expect(reference('staff-card')).toBe(reference('staff-card'));
  expect(reference('staff-card')).not.toBe(reference('other-card'));
});

test.each([
  ['/holder/document/expiresOn', 'documentExpiresOn'],
  ['/document/kind', 'documentKind'],
  ['/holder/taxCode', 'taxCode'],
  ['/data/email', 'email'],
  ['/unitId', 'unit'],
  ['/somewhere/else', ''],
])('the pointer %s is the column "%s"', (pointer, column) => {
  expect(columnOf(pointer)).toBe(column);
});
