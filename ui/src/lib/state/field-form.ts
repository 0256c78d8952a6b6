import type { FieldDefinition, FieldSet } from '#domain/field-definition.ts';
import type { Extra } from '#domain/holder.ts';
import { i18n, type Locale } from '#lib/i18n/i18n.svelte.ts';

/** Where the value of a field stands in a form over the data of a person. */
export const pointerOf = ({ code }: Pick<FieldDefinition, 'code'>): string => `/extra/${code}`;

/** Texts of the controls. Also of fields that the form does not show: what is sent takes the place of what was there. */
export const extraValues = ({ fields }: FieldSet, extra: Extra = {}): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [pointerOf(field), String(extra[field.code] ?? '')]));

/** What the fields are called, for the summary of errors. */
export const extraLabels = ({ fields }: FieldSet): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [pointerOf(field), field.label[i18n.locale]]));

export interface FieldSection {
  code: string;
  title: string;
  fields: FieldDefinition[];
}

/** The fields of a form by group; those without one stand first, the person's before the request's. */
export function sectionsOf({ groups, fields }: FieldSet, locale: Locale): FieldSection[] {
  const t = i18n.t.fields;
  const shown = fields.filter((f) => f.visible.form);
  const alone = (subject: FieldDefinition['subject']) => shown.filter((f) => f.group === null && f.subject === subject);
  return [
    { code: ' holder', title: t.ofHolder, fields: alone('holder') },
    { code: ' request', title: t.ofRequest, fields: alone('request') },
    ...groups.map(({ code, label }) => ({ code, title: label[locale], fields: shown.filter((f) => f.group === code) })),
  ].filter((section) => section.fields.length > 0);
}
