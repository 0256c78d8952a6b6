import { z } from 'zod';

import { countries } from './countries.ts';
import { MAX_VALUE, type FieldDefinition, type FieldType } from './field-definition.ts';
import { EmailAddress, Extra, IsoDate, TaxCode, text } from './holder.ts';
import { luhnValid } from './luhn.ts';
import { readPattern } from './pattern.ts';

type FieldValue = Extra[string];

const Phone = z
  .string()
  .transform((s) => s.replace(/[\s().-]/g, ''))
  .pipe(z.string().regex(/^\+?\d{6,15}$/, 'Write a telephone number such as +39 055 123456'));

const Country = z
  .string()
  .transform((s) => s.trim().toUpperCase())
  .pipe(z.enum(countries as [string, ...string[]], 'Choose a country'));

const Decimal = z
  .union([z.number(), z.string()])
  .transform((n) => (typeof n === 'string' ? Number(n.trim().replace(',', '.') || NaN) : n))
  .pipe(z.number('Write a number'));

const typed: Record<FieldType, (field: FieldDefinition) => z.ZodType<FieldValue, unknown>> = {
  text: (field) => text(field.max ?? MAX_VALUE).superRefine((value, ctx) => void textProblem(field, value).forEach((m) => ctx.addIssue(m))),
  number: ({ min, max }) =>
    Decimal.refine((n) => min === null || n >= min, { error: `At least ${min}` }).refine((n) => max === null || n <= max, {
      error: `At most ${max}`,
    }),
  date: ({ from, to }) =>
    z
      .string()
      .trim()
      .pipe(IsoDate)
      .refine((day) => from === null || day >= from, { error: `Not before ${from}` })
      .refine((day) => to === null || day <= to, { error: `Not after ${to}` }),
  choice: ({ choices }) => z.enum(choices.map((c) => c.value) as [string, ...string[]], 'Choose one'),
  taxCode: () => TaxCode,
  phone: () => Phone,
  email: () => EmailAddress,
  country: () => Country,
  photo: () => z.uuid('Choose a file'),
  document: () => z.uuid('Choose a file'),
};

function textProblem({ min, pattern, check }: FieldDefinition, value: string): string[] {
  // The schema before has said that it is too long; nothing is matched that has no bound.
  if (value.length > MAX_VALUE) return [];
  const fits = pattern === null || readPattern(pattern)?.(value) === true;
  return [
    ...(min !== null && value.length < min ? [`At least ${min} characters`] : []),
    ...(fits ? [] : ['It does not have the form that is asked for']),
    ...(check === 'luhn' && !luhnValid(value) ? ['The check digit does not fit: read the number again'] : []),
  ];
}

/**
 * The values of these fields, checked and in their normal form: the one rule for form, API, file and command. An empty text is no value; what is not
 * one of the fields is refused.
 */
export function fieldValues(fields: readonly FieldDefinition[]): z.ZodType<Extra> {
  const schemas = new Map(fields.map((field) => [field.code, typed[field.type](field)]));
  return Extra.transform((given, ctx) => {
    const values: Extra = {};
    const refuse = (code: string, message: string) => ctx.addIssue({ code: 'custom', path: [code], message });
    for (const { code, required } of fields)
      if (required && (!Object.hasOwn(given, code) || isEmpty(given[code]))) refuse(code, 'Write something here');
    for (const [code, value] of Object.entries(given)) {
      const schema = schemas.get(code);
      if (!schema) refuse(code, 'This field is not known here');
      if (!schema || isEmpty(value)) continue;
      const parsed = schema.safeParse(value);
      if (parsed.success) values[code] = parsed.data;
      else refuse(code, parsed.error.issues[0]?.message ?? '');
    }
    return values;
  });
}

const isEmpty = (value: FieldValue | undefined): boolean => value === undefined || (typeof value === 'string' && value.trim() === '');
