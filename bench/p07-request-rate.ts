import type { Benchmark } from './benchmark.ts';
import { openOffice } from './desk.ts';
import { latenciesOf, load } from './http-load.ts';

const REQUESTS = 60;
const AT_ONCE = 20;

/** Twenty requests at once, each from its registration to the finished card, at four stations. */
export const requestRate: Benchmark = {
  id: 'P7',
  title: 'requests a second from registration to issued card, 20 at once',
  unit: '/s',
  aim: { text: '≥ 25 (must: ≥ 15)', atLeast: 25 },
  async run({ lab, seed }) {
    const { url } = await lab.services();
    const office = await openOffice(url, { seed, first: 20_000 });
    const lead = async (count: number) => {
      const rows = office.people(count);
      const times: number[] = [];
      const started = performance.now();
      await load(count, AT_ONCE, async (n) => {
        const begun = performance.now();
        await office.produced(await office.approved(rows[n] as (typeof rows)[number]));
        return times.push(performance.now() - begun);
      });
      return { seconds: (performance.now() - started) / 1000, times: latenciesOf(times) };
    };
    await lead(AT_ONCE);
    const { seconds, times } = await lead(REQUESTS);
    return {
      value: REQUESTS / seconds,
      raw: { seconds, times, requests: REQUESTS, atOnce: AT_ONCE },
      note: `two certificates each; a request took ${(times.p50 / 1000).toFixed(1)} s (p50), ${(times.worst / 1000).toFixed(1)} s (worst)`,
    };
  },
};
