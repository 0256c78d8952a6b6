import { z } from 'zod';

import { text } from './holder.ts';
import { unitKinds } from './unit.ts';

/** Attributes or identifiers: names of a word or a few, as `IPA code`, each once. */
const Labels = z
  .array(
    z.strictObject({
      name: z
        .string()
        .trim()
        .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u, 'Letters, digits, spaces, points and hyphens, at most 40'),
      value: text(200),
    }),
  )
  .max(30, 'At most 30 entries')
  .refine((labels) => new Set(labels.map(({ name }) => name)).size === labels.length, 'Each name once');

export const UnitAddress = z.strictObject({
  street: text(120),
  postalCode: text(12),
  city: text(80),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'A country code of two letters, such as IT'),
});

/** What people say of a unit. */
export const UnitData = z.strictObject({
  kind: z.enum(unitKinds),
  code: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, 'Letters, digits, points and hyphens, at most 32'),
  name: text(120),
  address: UnitAddress.nullable(),
  /** Geographic: urban, mountain, island. */
  category: text(60).nullable(),
  /** How others know the unit: an IPA code, a VAT number. */
  identifiers: Labels,
  attributes: Labels,
});
export type UnitData = z.infer<typeof UnitData>;
