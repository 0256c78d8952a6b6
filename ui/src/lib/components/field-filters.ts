import type { FieldDefinition } from '#domain/field-definition.ts';
import { countryName } from '#lib/i18n/field-value.ts';
import { named } from '#lib/i18n/format.ts';

import type { Filter } from './filters.ts';

interface Params {
  get(name: string): string | null;
}
const nameOf = ({ code }: FieldDefinition): string => `field.${code}`;

/** Fields by which a list can be narrowed. */
export const fieldFilters = (fields: FieldDefinition[], countries: readonly string[]): Filter[] =>
  fields.map((field) => {
    const own = { name: nameOf(field), label: named(field.label) };
    if (field.type === 'choice')
      return { ...own, kind: 'choice', options: field.choices.map(({ value, label }) => ({ value, label: named(label) })) };
    if (field.type === 'country')
      return { ...own, kind: 'choice', options: countries.map((value) => ({ value, label: countryName(value) })) };
    return { ...own, kind: 'text', ...(field.type === 'date' && { type: 'date' as const }) };
  });

/** What the address says of them, as the API takes it. */
export const fieldQuery = (fields: FieldDefinition[], params: Params): string[] =>
  fields.flatMap((field) => (params.get(nameOf(field)) ? [`${field.code}:${params.get(nameOf(field)) ?? ''}`] : []));

/** Nothing of them, for the address. */
export const noFieldQuery = (fields: FieldDefinition[]): Record<string, string> => Object.fromEntries(fields.map((f) => [nameOf(f), '']));
