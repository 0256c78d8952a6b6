import fc from 'fast-check';

import { resolve, type JsonSchema } from './api-document.ts';

/** Text that parsers, databases, mails and pages have stumbled over. */
export const hostile = [
  '',
  ' ',
  '\0',
  '\u202e',
  '\ud800',
  'a\u0300',
  '%',
  '_',
  '\\',
  "'",
  '"><img src=x onerror=alert(1)>',
  "' or 1=1 --",
  '${7*7}{{7*7}}',
  '=1+1',
  '../../etc/passwd',
  'x'.repeat(5000),
  '__proto__',
  'NaN',
  '1e400',
  '-1',
  '9'.repeat(40),
  '0000-01-01',
  '9999-12-31',
  '2026-02-29',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999+23:59',
];

const byFormat: Record<string, fc.Arbitrary<string>> = {
  uuid: fc.uuid(),
  date: fc.constantFrom('1985-12-10', '2099-01-01', '0000-01-01', '9999-12-31', '1900-01-01'),
  'date-time': fc.constantFrom(
    '2026-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59.123456789-23:59',
  ),
  email: fc.constantFrom('anna@example.it', 'th@example.it', `${'a'.repeat(60)}@example.it`),
};

/** Values of properties that mean something in the system under test, by their names. */
export type Known = Record<string, fc.Arbitrary<unknown>>;

/** Values that a schema describes: right ones where the schema says it all; a rule over several fields is not known to it. */
export function valid(unresolved: JsonSchema, known: Known = {}): fc.Arbitrary<unknown> {
  const schema = resolve(unresolved);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => valid(one, known)));
  if (schema.type === 'object') return objectOf(schema, known);
  if (schema.type === 'array') return fc.array(valid(schema.items ?? {}, known), { maxLength: 3 });
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer' || schema.type === 'number')
    return fc.integer({ min: Number(schema.minimum ?? -5), max: Number(schema.maximum ?? 500) });
  return textOf(schema);
}

function objectOf({ properties = {}, required = [] }: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, known[name] ?? valid(schema, known)]));
  return fc.record(fields, { requiredKeys: required });
}

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  const format = byFormat[schema.format as string];
  if (format) return format;
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern));
  const size = { minLength: Number(schema.minLength ?? 0), maxLength: Math.min(Number(schema.maxLength ?? 80), 200) };
  return fc.oneof(
    fc.constantFrom('Anna', 'D’Angelo', '3'.repeat(10)),
    fc.string({ unit: 'binary', ...size }),
    fc.string(size),
    fc.constantFrom(...hostile),
  );
}

/** Anything that JSON can say, much of it hostile. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...hostile,
    null,
    true,
    0,
    -0,
    1e308,
    -1,
    2 ** 53,
    [],
    {},
    [[]],
    { length: 5 },
    { constructor: { prototype: 1 } },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A value with one part of it replaced, removed or added somewhere. */
export const spoilt = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, fc.nat(), fc.constantFrom('replace', 'remove', 'add'), anyJson)
    .map(([whole, at, how, other]) => spoil(whole, { at, how, other }));

interface Change {
  at: number;
  how: string;
  other: unknown;
}

function spoil(value: unknown, { at, how, other }: Change): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
  const names = Object.keys(value);
  const name = names[at % names.length];
  if (how === 'add' || name === undefined) return { ...value, [typeof other === 'string' ? other : 'added']: other };
  const inner = (value as Record<string, unknown>)[name];
  if (typeof inner === 'object' && inner !== null && at % 3 > 0)
    return { ...value, [name]: spoil(inner, { at: Math.floor(at / 3), how, other }) };
  return how === 'replace' ? { ...value, [name]: other } : Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
