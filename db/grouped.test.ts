import { expect, test } from 'vitest';

import { grouped } from './grouped.ts';

/** Work that waits until it is let go, and remembers what it was called with. */
function gated() {
  const calls: number[][] = [];
  const gates: (() => void)[] = [];
  const double = grouped(async (inputs: number[]) => {
    calls.push(inputs);
    await new Promise<void>((resolve) => gates.push(resolve));
    if (inputs.includes(13)) throw new Error('thirteen');
    return inputs.map((n) => n * 2);
  });
  const letGo = async () => {
    gates.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { double, calls, letGo };
}

test('the first goes alone, those that come meanwhile go together, and each gets its own answer', async () => {
  const { double, calls, letGo } = gated();
  const answers = Promise.all([1, 2, 3].map(double));
  await letGo();
  await letGo();
  expect(await answers).toEqual([2, 4, 6]);
  expect(calls).toEqual([[1], [2, 3]]);
});

test('one that fails takes nobody with it', async () => {
  const { double, calls, letGo } = gated();
  const answers = Promise.allSettled([1, 2, 13, 3].map(double));
  for (let i = 0; i < 5; i++) await letGo();
  expect((await answers).map((a) => (a.status === 'fulfilled' ? a.value : (a.reason as Error).message))).toEqual([2, 4, 'thirteen', 6]);
  expect(calls).toEqual([[1], [2, 13, 3], [2], [13], [3]]);
});
