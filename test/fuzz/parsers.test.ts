import { expect, test } from 'vitest';

import { fuzz } from './target.ts';
import { allTargets } from './targets.ts';

const INPUTS = 1_000;
/** Always the same: here a change of ours is tried; new inputs are looked for by the long form. */
const seed = 1;
const targets = await allTargets();

test.each(targets)(
  `$name: ${INPUTS} inputs of seed ${seed}: only expected failures, none slow, none that others refuse`,
  async (target) => {
    const { accepted } = await fuzz(target, { seed, inputs: Math.ceil(INPUTS / (target.share ?? 1)) });
    expect(accepted).toBeGreaterThan(0);
  },
);

test('a parser that breaks, hangs or takes what it should not is found out', async () => {
  const make = () => 'x';
  const run = { seed, inputs: 1 };
  const broken = () => {
    throw new TypeError('undefined is not a function');
  };
  const cpu = () => process.cpuUsage().user + process.cpuUsage().system;
  const slow = () => {
    for (const end = cpu() + 150_000; cpu() < end;);
  };
  await expect(fuzz({ name: 'a', make, parse: broken, refusals: ['invalid_input'] }, run)).rejects.toThrow(/TypeError/);
  await expect(fuzz({ name: 'b', make, parse: slow, refusals: [] }, run)).rejects.toThrow(/100 ms/);
  await expect(fuzz({ name: 'c', make, parse: make, refusals: [], judge: broken }, run)).rejects.toThrow(/accepted/);
});
