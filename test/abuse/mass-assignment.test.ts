import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { operations } from '../../api/routes/index.ts';
import type { AnyOperation } from '../../api/operation.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Abuse case A9 (authentik CVE-2024-37905): a column that a write was not meant to reach came along in its body. */
let database: TestDatabase;
let columns: string[];
beforeAll(async () => {
  database = await createTestDatabase();
  const names = await database
    .operations('information_schema.columns')
    .where({ tableSchema: 'public' })
    .distinct('column_name')
    .pluck('column_name');
  columns = (names as string[]).map((name) => name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
});
afterAll(() => database.drop());

/** What decides who somebody is, what they may, and in which state a thing is: never taken from a body. */
const decisive = ['accountId', 'createdAt', 'hash', 'passwordHash', 'registeredBy', 'shipped', 'state', 'unitPath', 'updatedAt', 'version'];

const withBody = (Object.entries(operations) as [string, AnyOperation][]).filter(([, o]) => o.body);

test.each(withBody)('%s takes no column that it does not name', (_, { body }) => {
  const declared = namesIn(z.toJSONSchema(body as z.ZodType, { io: 'input', unrepresentable: 'any' }));
  expect(columns.length).toBeGreaterThan(100);
  expect(declared.filter((name) => decisive.includes(name))).toEqual([]);
  for (const form of formsOf(body as z.ZodType))
    expect(columns.filter((column) => !declared.includes(column) && !isUnknown(form.safeParse({ [column]: 'x' }), column))).toEqual([]);
});

/** What a body of several forms may be. */
const formsOf = (body: z.ZodType): z.ZodType[] => (body instanceof z.ZodUnion ? (body.options as z.ZodType[]).flatMap(formsOf) : [body]);

/** Names at the top, where the column is put. */
function namesIn(schema: unknown, definitions?: Record<string, unknown>): string[] {
  const { properties = {}, $ref, $defs = definitions, anyOf = [], allOf = [], oneOf = [] } = schema as JsonSchema;
  const parts: unknown[] = [...anyOf, ...allOf, ...oneOf, ...($ref === undefined ? [] : [$defs?.[$ref.replace('#/$defs/', '')] ?? {}])];
  return [...Object.keys(properties), ...parts.flatMap((part) => namesIn(part, $defs))];
}

interface JsonSchema {
  properties?: object;
  $ref?: string;
  $defs?: Record<string, unknown>;
  anyOf?: unknown[];
  allOf?: unknown[];
  oneOf?: unknown[];
}

const isUnknown = ({ error }: { error?: z.ZodError | undefined }, column: string): boolean =>
  (error?.issues ?? []).some((issue) => issue.code === 'unrecognized_keys' && issue.keys.includes(column));
