import { z } from 'zod';

import { text } from '../../domain/holder.ts';

/** A time of a row as it leaves: ISO 8601, UTC. */
export const Time = z
  .custom<Date | string | null>()
  .transform((t) => (t == null ? t : new Date(t).toISOString()))
  .pipe(z.iso.datetime());

/** A calendar day, YYYY-MM-DD. */
export const Day = z.iso.date();

/** Counts come from the database as text when they are bigint. */
export const Count = z.union([z.number(), z.string()]).transform(Number).pipe(z.int());

export const Id = z.uuid();

/** A word of a closed list on its way out: rows hold it as text. */
export const shown = <const T extends readonly [string, ...string[]]>(words: T) => z.string().pipe(z.enum(words));

export const LocalText = z.object({ en: z.string(), it: z.string() }).meta({ id: 'LocalText' });

/** An id with the name people know it by. */
export const Named = z.object({ id: Id, name: z.string() }).meta({ id: 'Named' });

/** Who did something: an operator, a holder or the system. */
export const By = z.object({ kind: z.string(), name: z.string() }).meta({ id: 'By' });

/** A keyset page: `next` is the cursor of the page after it. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

/** Answer of a handler that is not JSON: bytes or a stream. */
export const Bytes = z.custom<NodeJS.ReadableStream | Buffer>();

/** Query of every list. */
export const Page = {
  cursor: z.string().max(500).optional().meta({ description: 'The `next` of the page before' }),
  limit: z.coerce.number<string>().int().min(1).max(200).default(50),
};

/** What people look for may hold anything they type; what cannot exist is simply not found. */
export const Search = z
  .string()
  .transform((s) => s.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .max(100)
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'No control characters'),
  )
  .optional()
  .meta({ description: 'Part of a name, tax code, number or serial' });

export const ById = z.strictObject({ id: Id });

/** Something a person writes to explain what they do; ends in the audit. */
export const Reason = text(500);
export const Comment = z.union([z.literal(''), text(500)]).default('');

/** A query parameter that may be repeated: `state=a&state=b`. */
export const several = <const T extends readonly [string, ...string[]]>(words: T) =>
  z
    .preprocess(
      (value) => (value === undefined || Array.isArray(value) ? value : [value]),
      z.array(z.enum(words)).max(words.length).optional(),
    )
    .meta({ override: { type: 'array', items: { type: 'string', enum: [...words] } } })
    .optional();
