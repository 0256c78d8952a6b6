import { expect, test } from 'vitest';

import { delivery, type DeliveryOptions } from './delivery.ts';

/** A place that takes lines only when it is told to, and what was heard of the delivery to it. */
function place(options: Partial<DeliveryOptions> = {}) {
  const taken: string[][] = [];
  const news: string[] = [];
  let answers: ((error?: Error) => void)[] = [];
  let onAsked = () => {};
  const lines = delivery({
    ...{ limit: 3, batch: 2, gatherMs: 1, ...options },
    send: (batch) => {
      taken.push([...batch]);
      return new Promise((resolve, reject) => {
        answers.push((error) => (error ? reject(error) : resolve()));
        onAsked();
      });
    },
    news: { away: (error) => news.push((error as Error).message), back: (dropped) => news.push(`${dropped} dropped`) },
  });
  const answer = async (error?: Error) => {
    while (answers.length === 0) await new Promise<void>((resolve) => (onAsked = resolve));
    const [first, ...others] = answers;
    answers = others;
    first?.(error);
  };
  return { lines, taken, news, answer };
}

test('what was not taken is sent again, in order, and nothing behind it overtakes', async () => {
  const { lines, taken, news, answer } = place();
  for (const line of ['a', 'b', 'c']) lines.write(line);
  await answer(new Error('away'));
  await answer(new Error('still away'));
  await answer();
  await answer();
  await lines.close();
  expect(taken).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
  expect(news).toEqual(['away']);
});

test('a full queue drops what comes, counts it, and says so once it is back', async () => {
  const { lines, taken, news, answer } = place();
  for (const line of ['a', 'b', 'c', 'd', 'e']) lines.write(line);
  await answer();
  await answer();
  await lines.close();
  expect(taken.flat()).toEqual(['a', 'b', 'c']);
  expect(lines.dropped).toBe(2);
  expect(news).toEqual(['2 dropped']);
});

test('closing sends what waits, and does not wait for a place that is away', async () => {
  const good = place();
  good.lines.write('last');
  const closed = good.lines.close();
  await good.answer();
  await closed;
  expect(good.taken).toEqual([['last']]);

  const away = place();
  away.lines.write('lost');
  await away.answer(new Error('away'));
  await away.lines.close();
  expect(away.taken).toEqual([['lost']]);
});
