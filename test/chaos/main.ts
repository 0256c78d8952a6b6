// The kill storm: cards are made, suspended and revoked while every part is killed at random moments; then the book must balance.
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { startServices } from '../../local/services.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { runStorm } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    kills: { type: 'string', default: '120' },
    cards: { type: 'string', default: '200' },
    mean: { type: 'string', default: '4000' },
    recoveries: { type: 'string', default: '3' },
    keep: { type: 'boolean', default: false },
  },
});
const [seed, kills, cards] = [values.seed, values.kills, values.cards].map(Number) as [number, number, number];
const say = (line: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
say(`seed ${seed}: ${cards} cards, ${kills} kills`);

const dir = makeStackDir('storm');
const services = await startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, ui: false });
try {
  const outcome = await runStorm(services, dir, {
    seed,
    kills,
    cards,
    meanMs: Number(values.mean),
    recoveries: Number(values.recoveries),
    say,
  });
  console.log(JSON.stringify({ seed, ...outcome }, undefined, 2));
  process.exitCode = outcome.wrong.length > 0 ? 1 : 0;
} finally {
  await services.stop();
  if (values.keep) say(`kept: ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
}
