import type { Benchmark } from './benchmark.ts';
import { median } from './http-load.ts';

/** From the start of a process to its first right answer, on a warm machine. */
export const readyTime: Benchmark = {
  id: 'P23',
  title: 'API from start to first right answer',
  unit: 's',
  aim: { text: '≤ 2 (must: ≤ 10)', atMost: 2 },
  async run({ lab, rounds }) {
    const services = await lab.services();
    const times: Record<'api' | 'validation', number[]> = { api: [], validation: [] };
    for (let round = 0; round < rounds; round++) {
      for (const name of ['api', 'validation'] as const) {
        await services.processes[name].stop();
        const started = performance.now();
        await services.restart(name);
        times[name].push(Math.round(performance.now() - started) / 1000);
      }
    }
    return { value: median(times.api), raw: times, note: `validation authority ${median(times.validation)} s` };
  },
};
