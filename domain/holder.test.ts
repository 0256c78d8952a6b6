import { expect, test } from 'vitest';

import { HolderData, holderProblems } from './holder.ts';

const anna = {
  givenName: ' Anna ',
  familyName: 'D’Angelo',
  birthDate: '1985-12-10',
  birthPlace: 'Bologna',
  taxCode: 'rssmra85t10 a562s',
  email: 'Anna@Example.IT ',
  document: { kind: 'passport', number: 'YA1234567', issuer: 'Questura di Bologna', expiresOn: '2031-01-01' },
};

test('what people type is brought into one form', () => {
  expect(HolderData.parse(anna)).toMatchObject({ givenName: 'Anna', taxCode: 'RSSMRA85T10A562S', email: 'anna@example.it' });
});

test.each([
  ['givenName', ''],
  ['givenName', 'x'.repeat(61)],
  ['familyName', '<script>'],
  ['familyName', 'a\u0000b'],
  ['birthDate', '10/12/1985'],
  ['birthDate', '2023-02-30'],
  ['taxCode', 'RSSMRA85T10A562A'],
  ['email', 'anna at example'],
])('%s %j is refused with its own message', (field, value) => {
  const parsed = HolderData.safeParse({ ...anna, [field]: value });
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues[0]?.path).toEqual([field]);
});

test('a birth date to come and an expired document are named', () => {
  const holder = { ...HolderData.parse(anna), birthDate: '2027-01-01' };
  holder.document.expiresOn = '2026-11-23';
  expect(holderProblems(holder, '2026-11-24').map((p) => p.pointer)).toEqual(['/birthDate', '/document/expiresOn']);
  expect(holderProblems(HolderData.parse(anna), '2026-11-24')).toEqual([]);
});

test('names that no certificate could hold are told at registration', () => {
  const holder = HolderData.parse({ ...anna, givenName: 'A'.repeat(40), familyName: 'B'.repeat(24) });
  expect(holderProblems(holder, '2026-11-24')).toMatchObject([{ pointer: '/familyName' }]);
  expect(holderProblems({ ...holder, familyName: 'B'.repeat(23) }, '2026-11-24')).toEqual([]);
});
