import { askWorlds } from './ask-worlds.ts';
import type { Benchmark } from './benchmark.ts';
import { median } from './http-load.ts';
import { questionsOfOfficers } from './list-questions.ts';

const [SMALL, LARGE] = [1_000, 1_000_000];

/** What an officer of one district in ten thousand units waits for, who sees one request in five hundred, against a thousand requests in ten offices. */
export const visibleList: Benchmark = {
  id: 'P24',
  title: 'list of an officer of one district among 10,000 units and 1,000,000 requests ÷ among 1,000 (CPU)',
  unit: '×',
  aim: { text: '≤ 1.5', atMost: 1.5 },
  async run({ lab, rounds }) {
    const asked = await askWorlds(lab, { sizes: [SMALL, LARGE], questions: questionsOfOfficers(), rounds, calls: 100 });
    const ratios = Object.entries(asked).map(([name, at]) => ({ name, cpu: (at[LARGE]?.cpuMs ?? NaN) / (at[SMALL]?.cpuMs ?? NaN) }));
    const worst = ratios.toSorted((a, b) => b.cpu - a.cpu)[0];
    return {
      value: Math.round(median(ratios.map(({ cpu }) => cpu)) * 1000) / 1000,
      raw: { asked, ratios },
      note: `dearest: ${worst?.name} ${worst?.cpu.toFixed(2)} ×`,
    };
  },
};
