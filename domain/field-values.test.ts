import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { changedMeaning, FieldDefinition, FieldSet } from './field-definition.ts';
import { fieldValues } from './field-values.ts';

const everywhere = { form: true, list: true, filter: true, csv: true, report: true };
const field = (changes: Partial<FieldDefinition>): FieldDefinition =>
  FieldDefinition.parse({ code: 'x', subject: 'holder', type: 'text', label: { en: 'X', it: 'X' }, visible: everywhere, ...changes });
const read = (definition: FieldDefinition, value: unknown) => {
  const { data, error } = fieldValues([definition]).safeParse({ x: value });
  return error ? error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`).join() : data?.x;
};

describe('a value is brought into its normal form, or refused with what to do', () => {
  test.each<[string, Partial<FieldDefinition>, unknown, unknown]>([
    ['text', {}, '  Città ', 'Città'],
    ['a text that is too long', { max: 3 }, 'abcd', 'x: At most 3 characters'],
    ['a text that is too short', { min: 3 }, 'ab', 'x: At least 3 characters'],
    ['a pattern', { pattern: '[A-Z]{2}\\d{4}' }, 'AB1234', 'AB1234'],
    ['another form', { pattern: '[A-Z]{2}\\d{4}' }, 'AB123', 'x: It does not have the form that is asked for'],
    ['a check digit', { check: 'luhn' }, '79927398713', '79927398713'],
    ['a wrong check digit', { check: 'luhn' }, '79927398714', 'x: The check digit does not fit: read the number again'],
    ['a number', { type: 'number' }, '12,5', 12.5],
    ['a number as JSON has it', { type: 'number' }, 0, 0],
    ['no number', { type: 'number' }, '0x1g', 'x: Write a number'],
    ['endless', { type: 'number' }, '1e999', 'x: Write a number'],
    ['above the range', { type: 'number', min: 1, max: 9 }, 10, 'x: At most 9'],
    ['below the range', { type: 'number', min: 1, max: 9 }, 0, 'x: At least 1'],
    ['a day', { type: 'date' }, '2024-02-29', '2024-02-29'],
    ['a day that is none', { type: 'date' }, '2023-02-29', 'x: Write a date as YYYY-MM-DD'],
    ['a day too early', { type: 'date', from: '2024-01-01' }, '2023-12-31', 'x: Not before 2024-01-01'],
    ['a choice', { type: 'choice', choices: [{ value: 'IT', label: { en: 'I', it: 'I' } }] }, 'IT', 'IT'],
    ['no choice', { type: 'choice', choices: [{ value: 'IT', label: { en: 'I', it: 'I' } }] }, 'HR', 'x: Choose one'],
    ['a tax code', { type: 'taxCode' }, 'rssmra85t10a562s', 'RSSMRA85T10A562S'],
    ['a tax code with a slip', { type: 'taxCode' }, 'RSSMRA85T10A562X', 'x: The check character does not fit: read the tax code again'],
    ['a telephone number', { type: 'phone' }, '+39 055-12.34 (56)', '+39055123456'],
    ['no telephone number', { type: 'phone' }, 'call me', 'x: Write a telephone number such as +39 055 123456'],
    ['an address', { type: 'email' }, ' Anna@Example.IT ', 'anna@example.it'],
    ['a country', { type: 'country' }, 'it', 'IT'],
    ['no country', { type: 'country' }, 'XX', 'x: Choose a country'],
    ['nothing', {}, ' ', undefined],
    ['nothing where something must be', { required: true }, ' ', 'x: Write something here'],
  ])('%s', (_, changes, value, expected) => expect(read(field(changes), value)).toEqual(expected));
});

test('what is not a field is refused, whatever its name; what must be there is missed, whatever its name', () => {
  const names = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString'), fc.string());
  fc.assert(
    fc.property(names, (name) => {
      fc.pre(name !== 'x');
      const given = JSON.parse(`{${JSON.stringify(name)}: "a"}`) as unknown;
      const parsed = fieldValues([field({})]).safeParse(given);
      expect(parsed.success && Object.keys(parsed.data).length > 0).toBe(false);
    }),
  );
  expect(fieldValues([field({ code: 'constructor', required: true })]).safeParse({}).success).toBe(false);
});

test('what was accepted is accepted again as it is kept', () => {
  const fields = [field({}), field({ type: 'number' }), field({ type: 'phone' }), field({ type: 'email' }), field({ type: 'country' })];
  fc.assert(
    fc.property(
      fc.constantFrom(...fields),
      fc.oneof(fc.string(), fc.double(), fc.constantFrom('it', '+39 0551234567', 'A@b.it')),
      (f, value) => {
        const once = fieldValues([f]).safeParse({ x: value });
        if (once.success) expect(fieldValues([f]).parse(once.data)).toEqual(once.data);
      },
    ),
  );
});

test('a text far beyond its bound is not matched at all', () => {
  expect(read(field({ pattern: '(a|b)*' }), 'a'.repeat(900))).toBe('x: At most 500 characters');
});

describe('a set that does not fit together is refused where it does not', () => {
  const problems = (...fields: Partial<FieldDefinition>[]) =>
    FieldSet.safeParse({ groups: [{ code: 'work', label: { en: 'Work', it: 'Lavoro' } }], fields: fields.map(field) }).error?.issues.map(
      (issue) => issue.path.join('/'),
    ) ?? [];
  test.each<[string, Partial<FieldDefinition>, string]>([
    ['a code that is there always', { code: 'email' }, 'fields/0/code'],
    ['a group that is not there', { group: 'home' }, 'fields/0/group'],
    ['a choice without choices', { type: 'choice' }, 'fields/0/choices'],
    ['choices of a text', { choices: [{ value: 'a', label: { en: 'A', it: 'A' } }] }, 'fields/0/choices'],
    ['a pattern of a number', { type: 'number', pattern: '\\d' }, 'fields/0/pattern'],
    ['a pattern that is none', { pattern: '(' }, 'fields/0/pattern'],
    ['bounds the wrong way round', { type: 'number', min: 2, max: 1 }, 'fields/0/max'],
    ['a length that is none', { max: 2.5 }, 'fields/0/max'],
    ['days of a text', { from: '2024-01-01' }, 'fields/0/from'],
    ['days the wrong way round', { type: 'date', from: '2024-01-02', to: '2024-01-01' }, 'fields/0/to'],
    ['a check digit of a date', { type: 'date', check: 'luhn' }, 'fields/0/check'],
    ['required and not in the form', { required: true, visible: { ...everywhere, form: false } }, 'fields/0/required'],
  ])('%s', (_, changes, at) => expect(problems(changes)).toEqual([at]));

  test('two fields of one code', () => expect(problems({}, {})).toEqual(['fields/1/code']));
  test('one that fits', () => expect(problems({ group: 'work', pattern: 'a+', max: 5 })).toEqual([]));
});

test('a code keeps its type for ever, also after it was taken out', () => {
  const set = (...fields: FieldDefinition[]): FieldSet => ({ groups: [], fields });
  const before = [set(field({})), set()];
  expect(changedMeaning(set(field({ required: true, max: 3 })), before)).toEqual([]);
  expect(changedMeaning(set(field({ type: 'date' })), before)).toMatchObject([{ pointer: '/fields/0/code' }]);
  expect(changedMeaning(set(field({ subject: 'request' })), before)).toMatchObject([{ pointer: '/fields/0/code' }]);
});
