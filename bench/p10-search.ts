import type { Benchmark } from './benchmark.ts';
import { askWorlds } from './ask-worlds.ts';
import { searches } from './list-questions.ts';

/** Words and parts of words in a million rows. */
export const search: Benchmark = {
  id: 'P10',
  title: 'search among 1,000,000 rows: p99 of the slowest kind',
  unit: 'ms',
  aim: { text: '≤ 30 (must: ≤ 100)', atMost: 30 },
  async run({ lab, rounds }) {
    const asked = await askWorlds(lab, { sizes: [1_000_000], questions: searches(), rounds, calls: 60 });
    const kinds = Object.entries(asked).map(([name, at]) => ({ name, p99: at[1_000_000]?.p99 ?? NaN }));
    const slowest = kinds.toSorted((a, b) => b.p99 - a.p99)[0];
    return { value: slowest?.p99 ?? NaN, raw: { asked }, note: `slowest: ${slowest?.name}` };
  },
};
