import { expect, test } from 'vitest';

import { batched } from './batched.ts';

const squares = () => {
  const loads: string[][] = [];
  const load = async (keys: string[]) => {
    loads.push(keys);
    return new Map(keys.filter((k) => k !== '13').map((k) => [k, Number(k) ** 2]));
  };
  return { loads, square: batched(load) };
};

test('who asks at the same time is answered from one load, each with the answer to its own key', async () => {
  const { loads, square } = squares();
  expect(await Promise.all(['2', '3', '2', '13'].map(square))).toEqual([4, 9, 4, undefined]);
  expect(loads).toEqual([['2', '3', '13']]);
});

test('who asks later is answered from a later load, so what changed meanwhile is seen', async () => {
  const { loads, square } = squares();
  await square('2');
  await square('2');
  expect(loads).toEqual([['2'], ['2']]);
});

test('a load that fails fails for all who waited, and the next is tried', async () => {
  let broken = true;
  const ask = batched(async (keys) => {
    if (broken) throw new Error('away');
    return new Map(keys.map((k) => [k, k]));
  });
  const answers = await Promise.allSettled([ask('a'), ask('b')]);
  expect(answers.map((a) => a.status)).toEqual(['rejected', 'rejected']);
  broken = false;
  expect(await ask('a')).toBe('a');
});
