import { z } from 'zod';

import type { UnitDetail, UnitInput } from '#lib/api/types.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

import { Form } from './form.svelte.ts';
import { UnitData } from './unit-schema.ts';

type Labels = UnitInput['attributes'];
const text = z.string();
const Typed = z.object({
  ...{ kind: text, code: text, name: text, category: text, identifiers: text, attributes: text },
  address: z.object({ street: text, postalCode: text, city: text, country: text }),
});

/** What is typed becomes what the domain takes: empty is absent, and a line is an attribute. */
const schema = Typed.transform((typed, context): UnitInput => {
  const parsed = UnitData.safeParse(unitOf(typed));
  if (parsed.success) return parsed.data;
  for (const { code, message, path } of parsed.error.issues)
    context.addIssue({ code: 'custom', message: code === 'invalid_value' ? 'Choose one' : message, path: fieldOf(path) });
  return z.NEVER;
});

const unitOf = ({ address, category, identifiers, attributes, ...rest }: z.infer<typeof Typed>) => ({
  ...rest,
  category: category.trim() || null,
  address: Object.values(address).every((part) => part.trim() === '') ? null : address,
  identifiers: labelsOf(identifiers),
  attributes: labelsOf(attributes),
});

const labelsOf = (lines: string): Labels =>
  lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? { name: line, value: '' } : { name: line.slice(0, colon), value: line.slice(colon + 1) };
    });

const linesOf = (labels: Labels): string => labels.map(({ name, value }) => `${name}: ${value}`).join('\n');

/** Attributes are one field on the screen. */
const fieldOf = (path: PropertyKey[]): PropertyKey[] => (['identifiers', 'attributes'].includes(String(path[0])) ? path.slice(0, 1) : path);

/** Errors of the API, on the fields of this form. */
export const onFields = (errors: { pointer: string; message: string }[]) =>
  errors.map((e) => ({ ...e, pointer: `/${fieldOf(e.pointer.split('/').slice(1)).map(String).join('/')}` }));

/** A form over what is known of a unit: empty, or with what is there. */
export const unitForm = (unit?: UnitDetail): Form<UnitInput> =>
  new Form({
    schema,
    initial: {
      '/name': unit?.name ?? '',
      '/code': unit?.code ?? '',
      '/kind': unit?.kind ?? '',
      '/category': unit?.category ?? '',
      '/address/street': unit?.address?.street ?? '',
      '/address/postalCode': unit?.address?.postalCode ?? '',
      '/address/city': unit?.address?.city ?? '',
      '/address/country': unit?.address?.country ?? '',
      '/identifiers': linesOf(unit?.identifiers ?? []),
      '/attributes': linesOf(unit?.attributes ?? []),
    },
  });

/** What the fields are called, for the summary of errors. */
export function unitFieldNames(): Record<string, string> {
  const t = i18n.t.units;
  return {
    ...{ '/name': t.name, '/code': t.code, '/kind': t.kind, '/category': t.category },
    ...{ '/address/street': t.street, '/address/postalCode': t.postalCode, '/address/city': t.city, '/address/country': t.country },
    ...{ '/identifiers': t.identifiers, '/attributes': t.attributes, '/parentId': t.above },
  };
}
