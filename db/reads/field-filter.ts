import type { Knex } from 'knex';

/** Where a table has the values of the fields that the installation adds: the expressions that the indexes are on. */
export const fieldsIn = {
  holders: 'field_tokens(holders.extra)',
  requests: `field_tokens(coalesce(requests.data -> 'extra', '{}') || requests.extra)`,
} as const;

export interface FieldChoice {
  code: string;
  value: string;
}

/**
 * Leaves the rows that have all these values. PostgreSQL keeps how often each value occurs, so that a rare one is found by the index and a common one
 * by walking the list.
 */
export function withFields(
  query: Knex.QueryBuilder,
  table: keyof typeof fieldsIn,
  choices: readonly FieldChoice[] = [],
): Knex.QueryBuilder {
  for (const { code, value } of choices) void query.whereRaw(`${fieldsIn[table]} @> array[field_token(?, ?)]`, [code, value]);
  return query;
}
