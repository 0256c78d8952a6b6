import { cpuSeconds } from './cpu.ts';
import { caller, latenciesOf, load, median, type Caller, type Latencies } from './http-load.ts';
import type { Lab, World } from './lab.ts';
import type { Question } from './list-questions.ts';

export interface Asked extends Latencies {
  /** CPU of API and PostgreSQL for one answer, milliseconds; median of the rounds. */
  cpuMs: number;
}

/** Answers by question and world. */
export type AskedWorlds = Record<string, Record<number, Asked>>;

const WARM_UP = 20;

/** Asks each world each question, `calls` times a round, two at once; forwards and backwards in turn, so that a drift hits all alike. */
export async function askWorlds(
  lab: Lab,
  { sizes, questions, rounds, calls }: { sizes: number[]; questions: Question[]; rounds: number; calls: number },
): Promise<AskedWorlds> {
  const { postgres } = await lab.pids();
  const cases: { world: World; question: Question; ask: Caller; cpu: number[]; times: number[] }[] = [];
  for (const size of sizes) {
    const world = await lab.world(size);
    const callers = Object.fromEntries(
      await Promise.all(Object.entries(world.logins).map(async ([name, login]) => [name, await caller(world.url, login)] as const)),
    );
    for (const question of questions) cases.push({ world, question, ask: callers[question.login] as Caller, cpu: [], times: [] });
  }
  for (const { ask, question } of cases) await load(WARM_UP, 2, () => ask.get(question.path));
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 === 0 ? cases : cases.toReversed()) {
      const before = cpuSeconds([one.world.apiPid, postgres]);
      await load(calls, 2, async () => {
        const ms = await one.ask.get(one.question.path);
        one.times.push(ms);
        return ms;
      });
      one.cpu.push(((cpuSeconds([one.world.apiPid, postgres]) - before) * 1000) / calls);
    }
  }
  for (const { ask } of cases) ask.close();
  const result: AskedWorlds = {};
  for (const { world, question, cpu, times } of cases)
    (result[question.name] ??= {})[world.requests] = { ...latenciesOf(times), cpuMs: Math.round(median(cpu) * 1000) / 1000 };
  return result;
}
