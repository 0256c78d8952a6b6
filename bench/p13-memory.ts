import type { Benchmark } from './benchmark.ts';
import { residentMb } from './cpu.ts';
import { caller, load } from './http-load.ts';
import type { Lab } from './lab.ts';

const CALLS = 10_000;

/** Memory of every process at rest and after ten thousand calls. */
export const memory: Benchmark = {
  id: 'P13',
  title: 'memory of the API after 10,000 calls',
  unit: 'MB',
  aim: { text: '≤ 200 (worker ≤ 300, growth of the API ≤ 20)', atMost: 200 },
  async run({ lab }) {
    const { url } = await lab.services();
    const atRest = await memoryOf(lab);
    const officer = await caller(url, 'do@aurelia.example');
    await load(CALLS / 2, 4, () => officer.get('/requests'));
    const half = await memoryOf(lab);
    await load(CALLS / 2, 4, () => officer.get('/requests'));
    officer.close();
    const after = await memoryOf(lab);
    return {
      value: after.api,
      raw: { atRest, half, after },
      note: `at rest ${atRest.api}; second half of the calls ${after.api - half.api >= 0 ? '+' : ''}${after.api - half.api}; worker ${after.worker}, validation ${after.validation}, Temporal ${after.temporal}`,
    };
  },
};

async function memoryOf(lab: Lab): Promise<Record<'api' | 'worker' | 'validation' | 'temporal', number>> {
  const { api, worker, validation, temporal } = await lab.pids();
  const mb = (pid: number) => Math.round(residentMb(pid));
  return { api: mb(api), worker: mb(worker), validation: mb(validation), temporal: mb(temporal) };
}
