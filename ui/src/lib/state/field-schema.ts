// As holder-schema.ts: the only way to these schemas of the domain.
import './zod-without-eval.ts';

import { z } from 'zod';

import { FieldDefinition, FieldSet } from '#domain/field-definition.ts';
import { fieldValues } from '#domain/field-values.ts';

export { countries } from '#domain/countries.ts';
export { fieldsOf, fieldSubjects, fieldTypes, onlyOf } from '#domain/field-definition.ts';
export { fieldValues } from '#domain/field-values.ts';

/** A form of nothing but these fields. */
export const extraSchema = (fields: readonly FieldDefinition[]) => z.object({ extra: fieldValues(fields).prefault({}) });

export const groupSchema = z.object({ label: FieldDefinition.shape.label });

/** One field of a set, made of what its form holds: right when the whole set is right with it. */
export const fieldIn = (set: FieldSet, old: FieldDefinition | undefined, made: (texts: unknown) => unknown): z.ZodType<FieldDefinition> =>
  z.unknown().transform((texts, ctx) => {
    const at = old ? set.fields.findIndex((f) => f.code === old.code) : set.fields.length;
    const parsed = FieldSet.safeParse({ groups: set.groups, fields: set.fields.toSpliced(at, 1, made(texts) as FieldDefinition) });
    for (const { path, message } of parsed.error?.issues ?? []) {
      const [list, i, ...rest] = path;
      // What is wrong in a choice is told at all of them: they are one text.
      if (list === 'fields' && i === at) ctx.addIssue({ code: 'custom', path: rest[0] === 'choices' ? ['choices'] : rest, message });
    }
    return (parsed.data?.fields[at] ?? made(texts)) as FieldDefinition;
  });
