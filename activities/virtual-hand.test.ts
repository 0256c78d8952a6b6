import { afterEach, expect, test } from 'vitest';

import { testCards } from '../connectors/card/test-reader.ts';
import { virtualHand, type VirtualHand } from './virtual-hand.ts';

let cards: ReturnType<typeof testCards>;
const hand = (): VirtualHand => {
  cards = testCards();
  return virtualHand((stationId) => cards.reader(stationId));
};
afterEach(() => cards.remove());

const [a, b] = ['6090000000000017', '6090000000000025'];
const serialOf = (it: VirtualHand, stationId: string, serial: string) => it.withCard({ stationId, serial }, async (card) => card.serial);

test('the card that is needed is put in, whichever is in', async () => {
  const it = hand();
  expect(await serialOf(it, 's1', a)).toBe(a);
  expect(await serialOf(it, 's1', b)).toBe(b);
  expect(await it.present({ stationId: 's1' })).toBe(b);
});

test('a card goes to another station when it is needed there', async () => {
  const it = hand();
  await serialOf(it, 's1', a);
  expect(await serialOf(it, 's2', a)).toBe(a);
  expect(await it.present({ stationId: 's1' })).toBeUndefined();
});

test('what an officer pulled stays out until an officer inserts it', async () => {
  const it = hand();
  await serialOf(it, 's1', a);
  await it.pull({ stationId: 's1' });
  await expect(serialOf(it, 's1', a)).rejects.toMatchObject({ type: 'card_absent' });
  expect(await serialOf(it, 's1', b)).toBe(b);
  await it.insert({ stationId: 's1', serial: a });
  expect(await serialOf(it, 's1', a)).toBe(a);
});

test('a card that an officer pushed out by another is out', async () => {
  const it = hand();
  await serialOf(it, 's1', a);
  await it.insert({ stationId: 's1', serial: b });
  await expect(serialOf(it, 's1', a)).rejects.toMatchObject({ type: 'card_mismatch' });
});

test('cards take turns at a station, and a pull in the middle is noticed', async () => {
  const it = hand();
  const order: string[] = [];
  const work = (serial: string) =>
    it.withCard({ stationId: 's1', serial }, async (card) => {
      order.push(`${card.serial} begins`);
      await card.attemptsLeft().catch(() => undefined);
      order.push(`${card.serial} ends`);
    });
  await Promise.all([work(a), work(b)]);
  expect(order).toEqual([`${a} begins`, `${a} ends`, `${b} begins`, `${b} ends`]);
  const pulled = it.withCard({ stationId: 's1', serial: b }, async (card) => {
    await it.pull({ stationId: 's1' });
    await card.read();
  });
  await expect(pulled).rejects.toMatchObject({ type: 'card_absent' });
});
