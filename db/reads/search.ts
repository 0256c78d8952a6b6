import type { Knex } from 'knex';

/** Leaves the rows whose search column contains every word. Words under three characters cannot use the trigram index and are left out. */
export function matching(query: Knex.QueryBuilder, column: string, search: string | undefined): Knex.QueryBuilder {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const long = words.filter((w) => w.length >= 3);
  if (words.length > 0 && long.length === 0) return query.whereRaw(`${column} like ?`, [`${escapeLike(words[0] ?? '')}%`]);
  for (const word of long) void query.whereRaw(`${column} like ?`, [`%${escapeLike(word)}%`]);
  return query;
}

export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (c) => `\\${c}`);
