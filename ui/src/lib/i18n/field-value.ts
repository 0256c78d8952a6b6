import type { FieldDefinition } from '#domain/field-definition.ts';

import { date, named } from './format.ts';
import { i18n } from './i18n.svelte.ts';

/** The name of a country in a language. */
export const countryName = (code: string, locale: string = i18n.locale): string =>
  new Intl.DisplayNames(locale, { type: 'region' }).of(code) ?? code;

/** A value as people read it. */
export function shownValue(field: FieldDefinition, value: string | number): string {
  if (typeof value === 'number') return new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 20 }).format(value);
  if (field.type === 'date') return date(value);
  if (field.type === 'country') return countryName(value);
  const choice = field.choices.find((c) => c.value === value);
  return choice ? named(choice.label) : value;
}
