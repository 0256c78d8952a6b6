import type { Benchmark } from './benchmark.ts';
import { askWorlds } from './ask-worlds.ts';
import { questions } from './list-questions.ts';
import { median } from './http-load.ts';

const [SMALL, LARGE] = [1_000, 1_000_000];

/** What a list of 50 costs among a million requests and ten thousand units, against a thousand and ten. */
export const listFlatness: Benchmark = {
  id: 'P8',
  title: 'list of 50 among 1,000,000 rows ÷ among 1,000 (CPU, median of the questions)',
  unit: '×',
  aim: { text: '≤ 1.1', atMost: 1.1 },
  async run({ lab, rounds }) {
    const asked = await askWorlds(lab, { sizes: [SMALL, 100_000, LARGE], questions: questions(), rounds, calls: 100 });
    const ratios = Object.entries(asked).map(([name, at]) => ({ name, cpu: ratio(at, 'cpuMs'), p99: ratio(at, 'p99') }));
    const worst = ratios.toSorted((a, b) => b.cpu - a.cpu)[0];
    return {
      value: median(ratios.map((r) => r.cpu)),
      raw: { asked, ratios },
      note: `dearest: ${worst?.name} ${worst?.cpu.toFixed(2)} ×; p99 ${median(ratios.map((r) => r.p99)).toFixed(2)} × in the median`,
    };
  },
};

const ratio = (at: Record<number, { cpuMs: number; p99: number }>, what: 'cpuMs' | 'p99'): number =>
  Math.round(((at[LARGE]?.[what] ?? NaN) / (at[SMALL]?.[what] ?? NaN)) * 1000) / 1000;
