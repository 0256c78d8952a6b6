import { openDatabase } from '../db/database.ts';
import type { Benchmark } from './benchmark.ts';
import { askWorlds } from './ask-worlds.ts';

/** The figures of the home page, and whether they are right. */
export const counters: Benchmark = {
  id: 'P11',
  title: 'home page with figures of 10,000 units and 1,000,000 requests: p99',
  unit: 'ms',
  aim: { text: '≤ 10 (must: ≤ 100), no drift', atMost: 10 },
  async run({ lab, rounds }) {
    const questions = (['all', 'division', 'office'] as const).map((login) => ({ name: login, login, path: '/home' }));
    const asked = await askWorlds(lab, { sizes: [1_000_000], questions, rounds, calls: 60 });
    const p99 = Math.max(...Object.values(asked).map((at) => at[1_000_000]?.p99 ?? NaN));
    const drift = await driftOf((await lab.world(1_000_000)).databaseUrl);
    if (drift > 0) throw new Error(`${drift} counters differ from what counting gives`);
    return { value: p99, raw: { asked, drift }, note: `p50 for who sees all ${asked.all?.[1_000_000]?.p50} ms; drift 0` };
  },
};

/** Counters of units that differ from a recount of the rows, folded or not. */
async function driftOf(url: string): Promise<number> {
  const knex = openDatabase(url, { poolMax: 1, statementTimeoutMs: 0 });
  try {
    const { rows } = (await knex.raw(`
      with kept as (select unit_id, name, sum(value) as n from (select unit_id, name, value, day from counters union all select unit_id, name, delta, day from counter_deltas) c
                    where day = '-infinity' group by 1, 2),
           real as (select unit_id, 'requests:' || state as name, count(*) as n from requests group by 1, 2
                    union all select unit_id, 'devices:' || state, count(*) from devices group by 1, 2)
      select count(*)::int as n from kept full join real using (unit_id, name) where coalesce(kept.n, 0) <> coalesce(real.n, 0)`)) as {
      rows: { n: number }[];
    };
    return rows[0]?.n ?? NaN;
  } finally {
    await knex.destroy();
  }
}
