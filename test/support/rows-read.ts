import type { Knex } from 'knex';

interface Plan {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Relation Name'?: string;
  Plans?: Plan[];
}

/** How many rows of each table the queries of `work` really read, as PostgreSQL says after it ran them again. */
export async function rowsRead(knex: Knex, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const queries: { sql: string; bindings: readonly unknown[] }[] = [];
  const note = (query: { sql: string; bindings?: readonly unknown[] }) => queries.push({ sql: query.sql, bindings: query.bindings ?? [] });
  knex.on('query', note);
  await work();
  knex.removeListener('query', note);
  const read: Record<string, number> = {};
  for (const query of queries) count(await planOf(knex, query), read);
  return read;
}

interface Explaining {
  query(q: { text: string; values: readonly unknown[] }): Promise<{ rows: { 'QUERY PLAN': [{ Plan: Plan }] }[] }>;
}

async function planOf(knex: Knex, { sql, bindings }: { sql: string; bindings: readonly unknown[] }): Promise<Plan> {
  const client = knex.client as { acquireConnection(): Promise<Explaining>; releaseConnection(c: Explaining): Promise<void> };
  const connection = await client.acquireConnection();
  try {
    const { rows } = await connection.query({ text: `explain (analyze, format json) ${sql}`, values: bindings });
    const [explained] = rows;
    if (!explained) throw new Error(`no plan: ${sql}`);
    return explained['QUERY PLAN'][0].Plan;
  } finally {
    await client.releaseConnection(connection);
  }
}

function count(plan: Plan, read: Record<string, number>): void {
  const table = plan['Relation Name'];
  const rows = plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Index Recheck'] ?? 0);
  if (table !== undefined) read[table] = (read[table] ?? 0) + rows * plan['Actual Loops'];
  for (const below of plan.Plans ?? []) count(below, read);
}
