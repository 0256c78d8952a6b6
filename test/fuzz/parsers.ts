// Every parser, tried with many inputs, side by side on the cores: npm run test:fuzz [-- --inputs 200000 --seed 7 --only CSR,CRL]
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import { askOpenssl } from './openssl-reads.ts';
import { fuzz, type Outcome } from './target.ts';
import { allTargets } from './targets.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, inputs: { type: 'string' }, only: { type: 'string' }, target: { type: 'string' } },
});
const seed = Number(values.seed ?? randomInt(2 ** 31));
const inputs = Number(values.inputs ?? 200_000);
const targets = await allTargets();

if (values.target === undefined) await all();
else await one(values.target);
process.exit();

/** One target in a process of its own, so that its memory is its own. */
async function one(name: string): Promise<void> {
  askOpenssl(1_000);
  const target = targets.find((t) => t.name === name);
  if (!target) throw new Error(`no target ${name}`);
  const share = Math.ceil(inputs / (target.share ?? 1));
  const outcome = await fuzz(target, { seed, inputs: share, onProgress: (done) => done % 50_000 === 0 && console.log(`${name}: ${done}`) });
  await new Promise((resolve) => process.send?.(outcome, resolve));
}

async function all(): Promise<void> {
  const only = values.only?.split(',');
  const left = targets.map((t) => t.name).filter((name) => only?.includes(name) ?? true);
  console.log(`seed ${seed}, ${inputs} inputs each, ${left.length} parsers`);
  const outcomes: Outcome[] = [];
  const failed: string[] = [];
  const lane = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const outcome = await inProcess(name);
      if (outcome) outcomes.push(outcome);
      else failed.push(name);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  console.table(outcomes.map((o) => ({ ...o, slowestMs: Math.round(o.slowestMs), grownMb: Math.round(o.grownMb) })));
  console.log(
    failed.length > 0 ? `FAILED: ${failed.join(', ')} (--seed ${seed})` : 'Every parser refused what it should, and nothing else happened.',
  );
  process.exitCode = failed.length > 0 || outcomes.length === 0 ? 1 : 0;
}

function inProcess(name: string): Promise<Outcome | undefined> {
  const child = fork(import.meta.filename, ['--target', name, '--seed', String(seed), '--inputs', String(inputs)]);
  let outcome: Outcome | undefined;
  child.once('message', (message) => (outcome = message as Outcome));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0 ? outcome : undefined)));
}
