import { z } from 'zod';

import { IsoDate, text, type Extra } from './holder.ts';
import { readPattern } from './pattern.ts';

export const fieldTypes = ['text', 'number', 'date', 'choice', 'taxCode', 'phone', 'email', 'country', 'photo', 'document'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** Types whose value is the id of a file. */
export type FileType = Extract<FieldType, 'photo' | 'document'>;
export const isFile = (type: FieldType): type is FileType => type === 'photo' || type === 'document';

/** Whom a field is about: the person, wherever they are; or one request for a device. */
export const fieldSubjects = ['holder', 'request'] as const;
export type FieldSubject = (typeof fieldSubjects)[number];

/** The most characters a value has; a pattern is matched against no more. */
export const MAX_VALUE = 500;

/** Names a value in data, files, templates and the API: it never changes. */
export const FieldCode = z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/, 'A small letter, then up to 39 letters and digits');

const Label = z.strictObject({ en: text(60), it: text(60) });
const Choice = z.strictObject({ value: z.string().regex(/^[\w.-]{1,40}$/, 'Up to 40 letters, digits, - . _'), label: Label });

/** One field of personal data that this installation asks for beside those it always asks for. */
export const FieldDefinition = z.strictObject({
  code: FieldCode,
  subject: z.enum(fieldSubjects),
  type: z.enum(fieldTypes),
  label: Label,
  /** How it is written, below the label. */
  hint: Label.nullable().default(null),
  group: FieldCode.nullable().default(null),
  required: z.boolean().default(false),
  /** No two persons of an office have the same; no two requests of an office that are open or became a card. */
  unique: z.boolean().default(false),
  /** Of a number its bounds, of a text how many characters. */
  min: z.number().nullable().default(null),
  max: z.number().nullable().default(null),
  from: IsoDate.nullable().default(null),
  to: IsoDate.nullable().default(null),
  /** Of the whole text, see pattern.ts. */
  pattern: z.string().max(200, 'At most 200 characters').nullable().default(null),
  check: z.enum(['luhn']).nullable().default(null),
  choices: z.array(Choice).max(200).default([]),
  visible: z.strictObject({ form: z.boolean(), list: z.boolean(), filter: z.boolean(), csv: z.boolean(), report: z.boolean() }),
});
export type FieldDefinition = z.infer<typeof FieldDefinition>;

const Group = z.strictObject({ code: FieldCode, label: Label });

/** All fields in the order in which they are shown, in groups. Each change makes a new set; a request keeps the set it was made with. */
export const FieldSet = z
  .strictObject({ groups: z.array(Group).max(20, 'At most 20 groups'), fields: z.array(FieldDefinition).max(100, 'At most 100 fields') })
  .superRefine((set, ctx) => {
    for (const { path, message } of problemsOf(set)) ctx.addIssue({ code: 'custom', path, message });
  });
export type FieldSet = z.infer<typeof FieldSet>;

/** The definitions that some data are checked by, or were made with. */
export interface VersionedFields {
  version: number;
  set: FieldSet;
}

/** What every installation begins with. */
export const noFields: VersionedFields = { version: 0, set: { groups: [], fields: [] } };

/** What already names something: a column of a file, a value of a template. */
const taken = [
  ...['id', 'givenName', 'familyName', 'birthDate', 'birthPlace', 'taxCode', 'email', 'extra', 'document', 'unit', 'profile', 'reference'],
  ...['documentKind', 'documentNumber', 'documentIssuer', 'documentExpiresOn', 'registeredBy', 'createdAt', 'updatedAt', 'deviceSerial'],
];

interface SetProblem {
  path: (string | number)[];
  message: string;
}

function problemsOf({ groups, fields }: FieldSet): SetProblem[] {
  const twice = (codes: string[], i: number) => codes.indexOf(codes[i] as string) < i;
  const [groupCodes, fieldCodes] = [groups.map((g) => g.code), fields.map((f) => f.code)];
  return [
    ...groups.flatMap((_, i) => (twice(groupCodes, i) ? [{ path: ['groups', i, 'code'], message: 'Another group has this code' }] : [])),
    ...fields.flatMap((field, i) => [
      ...(twice(fieldCodes, i) ? [{ path: ['fields', i, 'code'], message: 'Another field has this code' }] : []),
      ...(taken.includes(field.code) ? [{ path: ['fields', i, 'code'], message: 'The name of a field that is always there' }] : []),
      ...(field.group !== null && !groupCodes.includes(field.group) ? [{ path: ['fields', i, 'group'], message: 'No such group' }] : []),
      ...fieldProblems(field).map(({ at, message }) => ({ path: ['fields', i, ...at], message })),
    ]),
  ];
}

/** What does not fit together within one field; a setting that its type does not know is refused, not ignored. */
function fieldProblems(field: FieldDefinition): { at: (string | number)[]; message: string }[] {
  const { type, min, max, from, to, pattern, check, choices, visible } = field;
  const values = choices.map((c) => c.value);
  const wrong: [boolean, (string | number)[], string][] = [
    [type !== 'text' && type !== 'number' && min !== null, ['min'], 'Only a text or a number has this'],
    [type !== 'text' && type !== 'number' && max !== null, ['max'], 'Only a text or a number has this'],
    [type === 'text' && !isLength(min), ['min'], `A whole number from 1 to ${MAX_VALUE}`],
    [type === 'text' && !isLength(max), ['max'], `A whole number from 1 to ${MAX_VALUE}`],
    [min !== null && max !== null && min > max, ['max'], 'Smaller than the smallest'],
    [type !== 'date' && from !== null, ['from'], 'Only a date has this'],
    [type !== 'date' && to !== null, ['to'], 'Only a date has this'],
    [from !== null && to !== null && from > to, ['to'], 'Before the first day'],
    [type !== 'text' && pattern !== null, ['pattern'], 'Only a text has this'],
    [pattern !== null && !readPattern(pattern), ['pattern'], 'Not a pattern that can be checked, or one that grows too large'],
    [type !== 'text' && check !== null, ['check'], 'Only a text has this'],
    [type !== 'choice' && choices.length > 0, ['choices'], 'Only a choice has this'],
    [type === 'choice' && choices.length === 0, ['choices'], 'Give at least one choice'],
    [new Set(values).size < values.length, ['choices'], 'Two choices have the same value'],
    [
      isFile(type) && (visible.list || visible.filter || visible.csv || field.unique),
      ['type'],
      'A file stands in no list, filter or CSV file, and is never unique',
    ],
    [field.required && !visible.form, ['required'], 'Nobody could fill it in: show it in the form'],
  ];
  return wrong.filter(([is]) => is).map(([, at, message]) => ({ at, message }));
}

const isLength = (n: number | null) => n === null || (Number.isInteger(n) && n >= 1 && n <= MAX_VALUE);

/** A code means the same for ever: values under it stand in requests and persons. Pointers are relative to the set. */
export function changedMeaning(set: FieldSet, before: readonly FieldSet[]): { pointer: string; message: string }[] {
  const known = new Map(before.flatMap(({ fields }) => fields).map((f) => [f.code, f]));
  return set.fields.flatMap((field, i) => {
    const old = known.get(field.code);
    if (!old || (old.type === field.type && old.subject === field.subject)) return [];
    return [{ pointer: `/fields/${i}/code`, message: 'This code had another type before: take a new one' }];
  });
}

/** Of these values those of these fields. */
export function onlyOf(fields: readonly FieldDefinition[], values: Extra): Extra {
  const codes = new Set(fields.map((f) => f.code));
  return Object.fromEntries(Object.entries(values).filter(([code]) => codes.has(code)));
}

/** The fields of a subject, in order. */
export const fieldsOf = (set: FieldSet, subject: FieldSubject): FieldDefinition[] => set.fields.filter((f) => f.subject === subject);
