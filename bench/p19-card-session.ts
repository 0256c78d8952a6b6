import type { Benchmark } from './benchmark.ts';
import { median } from './http-load.ts';
import { costOf, requestWork } from './request-work.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** From the order to make the card to the finished card, less what the same card and CA cost alone. */
export const cardSession: Benchmark = {
  id: 'P19',
  title: 'CPU of the production of a card, without the card and the CA',
  unit: 'CPU-ms',
  aim: { text: '≤ 80 (must: ≤ 150); ≥ 20 cards/s', atMost: 80 },
  async run(context) {
    const { rounds, perRound } = await requestWork(context);
    const whole = rounds.map(({ production }) => costOf(production, 'api', 'worker', 'postgres', 'temporal'));
    const apart = rounds.map(({ raw }) => mean(raw.card) + mean(raw.ca));
    const rate = rounds.map(({ production }) => perRound / production.seconds);
    const by = (name: 'api' | 'worker' | 'postgres' | 'temporal') =>
      `${name} ${median(rounds.map(({ production }) => costOf(production, name))).toFixed(0)}`;
    return {
      value: median(whole.map((ms, n) => ms - (apart[n] ?? 0))),
      raw: { whole, apart, rate },
      note:
        `${median(whole).toFixed(0)} CPU-ms with card and CA (${by('api')}, ${by('worker')}, ${by('postgres')}, ${by('temporal')}), ` +
        `these two ${median(apart).toFixed(0)}; ${median(rate).toFixed(1)} cards/s at four readers`,
    };
  },
};
