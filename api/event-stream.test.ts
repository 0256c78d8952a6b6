import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';

import type { Change, Changes, Subscriber } from './changes.ts';
import { eventStream } from './event-stream.ts';

function source() {
  const subscribers = new Set<Subscriber>();
  const changes: Changes = {
    subscribe: (subscriber) => {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
    close: () => Promise.resolve(),
  };
  return {
    changes,
    subscribers,
    tell: (change: Change) => subscribers.forEach((s) => s.changed(change)),
    interrupt: () => subscribers.forEach((s) => s.interrupted()),
  };
}
const request = (id: string): Change => ({ type: 'request', id });
const eventsIn = (stream: string) => [...stream.matchAll(/data: (.*)/g)].map(([, data]) => JSON.parse(data ?? '') as unknown);

test('only what concerns the watcher is sent, and an interruption ends the stream', async () => {
  const { changes, subscribers, tell, interrupt } = source();
  const seen = Promise.withResolvers<void>();
  const stream = eventStream({
    changes,
    concerns: () => true,
    reauthorize: () => Promise.resolve(),
    dataFor: (change) => {
      if (change.id === 'last') seen.resolve();
      return Promise.resolve(change.id === 'hidden' ? undefined : change);
    },
  });
  const received = text(stream);
  ['one', 'hidden', 'last'].forEach((id) => tell(request(id)));
  await seen.promise;
  await Promise.resolve();
  interrupt();
  expect(eventsIn(await received)).toEqual([request('one'), request('last')]);
  expect(subscribers.size).toBe(0);
});

test('many changes of one row while one is being checked become one event', async () => {
  const { changes, tell, interrupt } = source();
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  const done = Promise.withResolvers<void>();
  const stream = eventStream({
    changes,
    concerns: () => true,
    reauthorize: () => (asked++ === 0 ? gate.promise : Promise.resolve()),
    dataFor: (change) => {
      if (change.id === 'b') done.resolve();
      return Promise.resolve(change);
    },
  });
  const received = text(stream);
  for (let i = 0; i < 50; i++) tell(request('a'));
  tell(request('b'));
  gate.resolve();
  await done.promise;
  await Promise.resolve();
  interrupt();
  expect(eventsIn(await received).length).toBeLessThanOrEqual(3);
});

test('whoever may no longer watch is cut off before the next event', async () => {
  const { changes, tell } = source();
  const stream = eventStream({
    changes,
    concerns: () => true,
    reauthorize: () => Promise.reject(new Error('signed out')),
    dataFor: (change) => Promise.resolve(change),
  });
  const received = text(stream);
  tell(request('secret'));
  expect(eventsIn(await received)).toEqual([]);
});

test('a change that nobody here watches asks nothing, and one that is watched asks once who watches', async () => {
  const { changes, tell, interrupt } = source();
  const seen = Promise.withResolvers<void>();
  let asked = 0;
  const stream = eventStream({
    changes,
    concerns: ({ id }) => id === 'mine',
    reauthorize: () => Promise.resolve((asked += 1)),
    dataFor: (change, watcher) => {
      seen.resolve();
      return Promise.resolve({ ...change, watcher });
    },
  });
  const received = text(stream);
  for (let i = 0; i < 50; i++) tell(request(`other ${i}`));
  tell(request('mine'));
  await seen.promise;
  await Promise.resolve();
  interrupt();
  expect(eventsIn(await received)).toEqual([{ ...request('mine'), watcher: 1 }]);
  expect(asked).toBe(1);
});
