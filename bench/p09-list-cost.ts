import type { Benchmark } from './benchmark.ts';
import { askWorlds } from './ask-worlds.ts';
import { questions } from './list-questions.ts';

/** What one answer costs, with sign-in, visibility and checking of the answer. */
export const listCost: Benchmark = {
  id: 'P9',
  title: 'first page of 50 among 1,000,000 requests: CPU of API and PostgreSQL',
  unit: 'CPU-ms',
  aim: { text: '≤ 1.0 (must: ≤ 2, p99 ≤ 50 ms)', atMost: 1 },
  async run({ lab, rounds }) {
    const asked = await askWorlds(lab, { sizes: [1_000_000], questions: questions().slice(0, 1), rounds, calls: 400 });
    const first = asked['first page']?.[1_000_000];
    return { value: first?.cpuMs ?? NaN, raw: { asked }, note: `p50 ${first?.p50} ms, p99 ${first?.p99} ms, two callers` };
  },
};
