import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { failuresBeforeLate, guessing } from './guessing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const login = 'giulia@example.it';
const refused = (attempt: Promise<void>) =>
  attempt.then(
    () => false,
    () => true,
  );

test('whatever strangers do from wherever, nobody else is made to wait more than a late answer', async () => {
  const strangers = fc.array(fc.record({ from: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8:0:1'), hours: fc.nat({ max: 2 }) }), {
    maxLength: 80,
  });
  await fc.assert(
    fc.asyncProperty(strangers, async (failures) => {
      let late = 0;
      const brake = guessing((ms) => Promise.resolve((late += ms)));
      for (const { from, hours } of failures) {
        await brake.failed({ login, from });
        if (hours > 0) await vi.advanceTimersByTimeAsync(hours * 3_600_000);
      }
      return !(await refused(brake.admit({ login, from: '198.51.100.7' }))) && late <= 3000;
    }),
    { numRuns: 50 },
  );
});

test('one side that keeps guessing gets a handful of tries in an hour', async () => {
  const brake = guessing(() => Promise.resolve());
  let tries = 0;
  for (let second = 0; second < 3600; second++) {
    if (!(await refused(brake.admit({ login, from: '192.0.2.1' })))) {
      tries++;
      await brake.failed({ login, from: '192.0.2.1' });
    }
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(tries).toBeGreaterThan(3);
  expect(tries).toBeLessThan(30);
});

test('guessing from many sides at one login is answered late, and only there', async () => {
  const pauses: number[] = [];
  const brake = guessing((ms) => Promise.resolve(pauses.push(ms)));
  for (let i = 0; i < failuresBeforeLate; i++) {
    await brake.admit({ login, from: `192.0.2.${i}` });
    await brake.failed({ login, from: `192.0.2.${i}` });
  }
  expect(pauses).toEqual([]);
  await brake.admit({ login, from: '192.0.2.200' });
  await brake.admit({ login: 'marco@example.it', from: '192.0.2.200' });
  expect(pauses).toHaveLength(1);
});

test('the right password lets its side begin anew', async () => {
  const brake = guessing();
  const guess = { login, from: '192.0.2.1' };
  for (let i = 0; i < 3; i++) await brake.failed(guess);
  expect(await refused(brake.admit(guess))).toBe(true);
  await brake.forgive(guess);
  for (let i = 0; i < 2; i++) {
    expect(await refused(brake.admit(guess))).toBe(false);
    await brake.failed(guess);
  }
});
