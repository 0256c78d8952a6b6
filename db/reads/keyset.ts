import type { Knex } from 'knex';

import { failure } from '../../domain/errors.ts';

/** The column a list is sorted by; its id column breaks ties. */
export interface SortKey {
  column: string;
  id: string;
  type: 'timestamptz' | 'text' | 'bigint';
  direction: 'asc' | 'desc';
}

export interface PageQuery {
  cursor?: string | undefined;
  limit?: number | undefined;
}

export interface Page<T> {
  items: T[];
  /** Cursor of the page after this one, or null at the end. No totals: they would cost a count of the whole table. */
  next: string | null;
}

/** Orders the query by the key and leaves one page (and one row more, which tells that there is another). */
export function onePage(query: Knex.QueryBuilder, key: SortKey, { cursor, limit = 50 }: PageQuery): Knex.QueryBuilder {
  void query
    .select({ cursorId: key.id })
    // as text: a JavaScript Date would lose the microseconds
    .select(query.client.raw('??::text as cursor_key', [key.column]))
    .orderBy([
      { column: key.column, order: key.direction },
      { column: key.id, order: key.direction },
    ])
    .limit(limit + 1);
  if (!cursor) return query;
  const [after, id] = readCursor(cursor, key.type);
  return query.whereRaw(`(??, ??) ${key.direction === 'asc' ? '>' : '<'} (?::${key.type}, ?::uuid)`, [key.column, key.id, after, id]);
}

/**
 * One page of `shown` (what a list shows of a row, with its joins), chosen by `choices`: queries of the same table that leave the rows which
 * the list is made of, a query for each value where a filter has several. Each is a walk along an index that ends after a page; a single query
 * over several values would have to sort all their rows, and joins before the page is known are made for rows that nobody sees.
 */
export function chosenPage(
  shown: Knex.QueryBuilder,
  { choices, key, page }: { choices: Knex.QueryBuilder[]; key: SortKey; page: PageQuery },
): Knex.QueryBuilder {
  const { limit = 50 } = page;
  const pages = choices.map((choice) => onePage(choice, key, page));
  const [first, ...others] = pages as [Knex.QueryBuilder, ...Knex.QueryBuilder[]];
  const chosen = others.length === 0 ? first : shown.client.queryBuilder().unionAll(pages, true);
  return shown
    .join(chosen.as('chosen'), 'chosen.cursor_id', key.id)
    .select('chosen.cursor_id', 'chosen.cursor_key')
    .orderBy([
      { column: key.column, order: key.direction },
      { column: key.id, order: key.direction },
    ])
    .limit(limit + 1);
}

/** A choice for each state that is asked for; one for all when none is. */
export const eachState = (states: readonly string[] | undefined): (string | undefined)[] =>
  states?.length ? [...new Set(states)] : [undefined];

type Row = Record<string, unknown>;

/** Cuts the extra row and makes the cursor. */
export function toPage<T>(rows: Row[], { limit = 50 }: PageQuery, map: (row: Row) => T): Page<T> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const next = last ? Buffer.from(JSON.stringify([last.cursorKey, last.cursorId])).toString('base64url') : null;
  return { items: rows.slice(0, limit).map(map), next };
}

const shapes = {
  timestamptz: /^[12]\d{3}-\d\d-\d\d ([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/,
  text: /^[^\0]{0,200}$/,
  bigint: /^\d{1,18}$/,
};
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A day that the calendar has: what PostgreSQL cannot read would be a defect there. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

const isKey = (key: string, type: SortKey['type']): boolean =>
  shapes[type].test(key) && (type !== 'timestamptz' || isDay(key.slice(0, 10)));

function readCursor(cursor: string, type: SortKey['type']): [string, string] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    parsed = undefined;
  }
  const [after, id] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  if (typeof after === 'string' && typeof id === 'string' && isKey(after, type) && uuid.test(id)) return [after, id];
  throw failure('malformed_request', 'The cursor is not one of this list. Start again from the first page.');
}
