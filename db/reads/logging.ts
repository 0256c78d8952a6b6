import type { Knex } from 'knex';

import type { LogEntry, LogLevel } from '../../domain/logging.ts';
import { onePage, toPage, type PageQuery, type SortKey } from './keyset.ts';
import { iso } from './requests.ts';

/** The levels that somebody has set, by module. */
export async function setLogLevels(knex: Knex): Promise<Map<string, LogLevel>> {
  const rows = await knex('log_levels').select<{ module: string; level: LogLevel }[]>('module', 'level');
  return new Map(rows.map(({ module, level }) => [module, level]));
}

export interface LogFilter extends PageQuery {
  level?: string | undefined;
  module?: string | undefined;
  requestId?: string | undefined;
}

const newestFirst: SortKey = { column: 'at', id: 'id', type: 'timestamptz', direction: 'desc' };

/** One page of the lines in the database, newest first. They belong to the installation, not to a unit. */
export async function logEntries(knex: Knex, filter: LogFilter) {
  const query = knex('log_entries').select('*');
  for (const name of ['level', 'module', 'requestId'] as const) if (filter[name] !== undefined) void query.where(name, filter[name]);
  const rows = (await onePage(query, newestFirst, filter)) as Record<string, unknown>[];
  return toPage(rows, filter, (row) => ({ ...(row as unknown as LogEntry), at: iso(row['at']) }));
}
