import { expect, test } from 'vitest';

import { coalesced } from './coalesced.ts';

test('ten calls at once are two runs, and each call sees a run that began after it', async () => {
  let runs = 0;
  const release: (() => void)[] = [];
  const call = coalesced(async () => {
    const run = ++runs;
    await new Promise<void>((resolve) => release.push(resolve));
    return run;
  });
  const first = call();
  const others = Array.from({ length: 9 }, () => call());
  release.shift()?.();
  expect(await first).toBe(1);
  await expect.poll(() => release.length).toBe(1);
  release.shift()?.();
  expect(await Promise.all(others)).toEqual(Array(9).fill(2));
});

test('a run that fails does not fail the next', async () => {
  let runs = 0;
  const call = coalesced(async () => {
    await Promise.resolve();
    if (++runs === 1) throw new Error('first');
    return runs;
  });
  const first = call();
  const second = call();
  await expect(first).rejects.toThrow('first');
  expect(await second).toBe(2);
  expect(await call()).toBe(3);
});
