import { getEventListeners } from 'node:events';

import pino from 'pino';
import { expect, test, vi } from 'vitest';

import { repeating } from './repeating.ts';

const log = pino({ level: 'silent' });

test('a loop of many rounds leaves nothing behind on its signal, and stops at once in a long pause', async () => {
  const controllers: AbortController[] = [];
  const Real = AbortController;
  vi.stubGlobal(
    'AbortController',
    class extends Real {
      constructor() {
        super();
        controllers.push(this);
      }
    },
  );
  const many = Promise.withResolvers<void>();
  let rounds = 0;
  const loop = repeating('test', async () => (rounds++ === 50 && many.resolve(), { more: false }), { log, pauseMs: 1 });
  const waiting = repeating('test', async () => ({ more: false }), { log, pauseMs: 2 ** 30 });
  vi.unstubAllGlobals();
  await many.promise;
  expect(controllers).toHaveLength(2);
  for (const { signal } of controllers) expect(getEventListeners(signal, 'abort').length).toBeLessThan(2);
  await Promise.all([loop.stop(), waiting.stop()]);
  const before = rounds;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(rounds).toBe(before);
});

test('what fails is tried again', async () => {
  const done = Promise.withResolvers<void>();
  let rounds = 0;
  const work = async () => {
    if (rounds++ === 0) throw new Error('once');
    done.resolve();
    return { more: false };
  };
  const loop = repeating('test', work, { log, pauseMs: 1 });
  await done.promise;
  await loop.stop();
});
