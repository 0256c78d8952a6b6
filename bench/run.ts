import { meets, type Benchmark, type BenchContext, type Result } from './benchmark.ts';
import { cpuSeconds, machineSeconds } from './cpu.ts';

/** Runs one benchmark after the other; what fails is told and does not stop the others. */
export async function runAll(benchmarks: readonly Benchmark[], given: BenchContext): Promise<Result[]> {
  const results: Result[] = [];
  for (const benchmark of benchmarks) {
    given.say(`${benchmark.id}  ${benchmark.title} ...`);
    results.push(await runOne(benchmark, given));
  }
  return results;
}

async function runOne(benchmark: Benchmark, given: BenchContext): Promise<Result> {
  const { id, title, unit, aim, run } = benchmark;
  const about = { id, title, unit, aim: aim.text };
  if (typeof run !== 'function') return { ...about, value: null, met: null, foreignCpu: null, note: run.notRun, raw: {} };
  const before = { machine: machineSeconds(), own: cpuSeconds([process.pid]) };
  try {
    const { value, raw, note = '' } = await run(given);
    return { ...about, value, met: meets(aim, value), foreignCpu: foreignSince(before), note, raw };
  } catch (error) {
    process.exitCode = 1;
    given.say(`${id}  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { ...about, value: null, met: null, foreignCpu: foreignSince(before), note: `failed: ${String(error)}`, raw: {} };
  }
}

/** What others used of all that was used. Processes that a benchmark started count as its own, as long as their parent lives. */
function foreignSince(before: { machine: number; own: number }): number {
  const machine = machineSeconds() - before.machine;
  const own = cpuSeconds([process.pid]) - before.own;
  if (machine === 0) return 0; // it read what another benchmark had measured
  return Math.max(0, Math.round((1 - own / machine) * 1000) / 1000);
}
