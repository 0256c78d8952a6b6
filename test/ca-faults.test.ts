import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ActivityParts } from '../activities/index.ts';
import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { guardedCa, type Patience } from '../connectors/ca/guarded-ca.ts';
import { askedTwice, losingAnswers, mistakingTheKey, unreliableCa, type UnreliableCa } from './support/unreliable-ca.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

let shop: Workshop;
let ca: CertificateAuthority;
let officer: string;
beforeAll(async () => {
  shop = await openWorkshop();
  ca = shop.parts.cas.get('main') as CertificateAuthority;
  officer = await shop.operator('do');
});
afterAll(() => shop.close());

const quick: Patience = { answerMs: 5_000, restMs: 100, failures: 3 };
/** The activities, with this CA behind the guard that every CA has. */
const withCa = (given: CertificateAuthority, patience = quick): ActivityParts => ({
  ...shop.parts,
  cas: new Map([['main', guardedCa(given, patience)]]),
});

interface Card {
  productionId: string;
  deviceId: string;
  requestId: string;
}

async function personalised(): Promise<Card> {
  const requestId = await shop.approvedRequest();
  const { id: productionId, deviceId } = await shop.run('beginProduction', { requestId, stationId: shop.stationId, by: officer });
  await shop.run('personalise', { productionId });
  return { productionId, deviceId, requestId };
}

const certify = ({ productionId }: Card, parts: ActivityParts) => shop.run('certify', { productionId, ca: 'main' }, parts);
const settle = ({ productionId }: Card, parts: ActivityParts) => shop.run('settleCertificates', { productionId, ca: 'main' }, parts);
const states = async ({ deviceId }: Card) => (await shop.parts.certificates.ofDevice(deviceId)).map((c) => c.state);
const request = ({ requestId }: Card) => shop.database.operations('requests').where({ id: requestId }).first<Record<string, unknown>>();
const ledgerOf = ({ deviceId }: Card) =>
  shop.database
    .operations('ca_ledger')
    .whereLike('client_ref', `${deviceId}/%`)
    .whereNotNull('certificate')
    .orderBy('client_ref')
    .select<{ clientRef: string; status: string; serial: string }[]>('client_ref', 'status', 'serial');

/** Both slots have their certificate, and the CA issued these two and no more. */
async function assertWhole(card: Card): Promise<void> {
  expect(await states(card)).toEqual(['issued', 'issued']);
  const certificates = await shop.parts.certificates.ofDevice(card.deviceId);
  expect((await ledgerOf(card)).map((e) => e.serial).sort()).toEqual(certificates.map((c) => c.serial).sort());
  expect(await request(card)).toMatchObject({ waitsFor: 'system', nextAttemptAt: null });
}

/** What Temporal does: again, with the number of the attempt, until it passes. */
async function persistently(card: Card, parts: ActivityParts): Promise<void> {
  for (let attempt = 2; ; attempt++) {
    const error: unknown = await shop
      .run('certify', { productionId: card.productionId, ca: 'main' }, parts, attempt)
      .catch((e: unknown) => e);
    if (error === undefined) return;
    expect(error).toMatchObject({ type: 'unavailable', nonRetryable: false });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('an answer that is lost is learned at the next attempt, and nothing is issued twice', async () => {
  const card = await personalised();
  const fake = unreliableCa(ca);
  fake.submits = losingAnswers(ca);
  await expect(certify(card, withCa(fake))).rejects.toMatchObject({ type: 'unavailable', nonRetryable: false });
  expect(await states(card)).toEqual(['unknown', 'submitted']);
  expect(await request(card)).toMatchObject({ waitsFor: 'ca', problemCode: 'unavailable', nextAttemptAt: expect.any(Date) as Date });
  fake.submits = undefined;
  await persistently(card, withCa(fake));
  await assertWhole(card);
});

test('an answer after the time-out counts: the order is not made again', async () => {
  const card = await personalised();
  const fake = unreliableCa(ca);
  const late = Promise.withResolvers<void>();
  const arrived: Promise<unknown>[] = [];
  fake.submits = async (order, ref) => {
    const answer = late.promise.then(() => ca.submit(order, ref));
    arrived.push(answer);
    return answer;
  };
  const parts = withCa(fake, { ...quick, answerMs: 50 });
  await expect(certify(card, parts)).rejects.toMatchObject({ type: 'unavailable', message: 'The CA did not answer in time.' });
  late.resolve();
  await Promise.all(arrived);
  fake.submits = undefined;
  await persistently(card, withCa(fake));
  await assertWhole(card);
});

test('a CA that takes an order twice, and two workers that order at once, make one certificate a slot', async () => {
  const card = await personalised();
  const fake = unreliableCa(ca);
  fake.submits = askedTwice(ca);
  const runs = await Promise.allSettled([certify(card, withCa(fake)), certify(card, withCa(fake))]);
  if (runs.some((run) => run.status === 'rejected')) await persistently(card, withCa(fake));
  await persistently(card, withCa(fake));
  await assertWhole(card);
});

test('a CA that is down is asked little, however much waits, and all of it goes on when it is back', async () => {
  const cards = await Promise.all(Array.from({ length: 6 }, personalised));
  const fake: UnreliableCa = unreliableCa(ca);
  const parts = withCa(fake, { ...quick, restMs: 60_000 });
  fake.isDown = true;
  for (let round = 0; round < 5; round++) {
    for (const card of cards) await expect(certify(card, parts)).rejects.toMatchObject({ type: 'unavailable', nonRetryable: false });
  }
  expect(fake.asked).toBe(quick.failures);
  expect(await request(cards[5] as Card)).toMatchObject({ waitsFor: 'ca', problemDetail: 'The CA does not answer.' });
  fake.isDown = false;
  const returned = withCa(fake);
  await Promise.all(cards.map((card) => persistently(card, returned)));
  for (const card of cards) await assertWhole(card);
});

test('garbage says nothing about the order: it is asked for again, with an alarm', async () => {
  const card = await personalised();
  const fake = unreliableCa(ca);
  fake.submits = async () => ({ state: 'issued', certificate: Buffer.from('<html>502</html>'), serial: '01', status: 'good' });
  shop.alarms.splice(0);
  await expect(certify(card, withCa(fake))).rejects.toMatchObject({ type: 'unavailable', nonRetryable: false });
  expect(await states(card)).toEqual(['unknown', 'submitted']);
  expect(shop.alarms).toContain('the CA sent what is no certificate');
  fake.submits = undefined;
  await persistently(card, withCa(fake));
  await assertWhole(card);
});

test('a certificate for another key is refused and revoked, with an alarm; the card can only be scrapped', async () => {
  const card = await personalised();
  const fake = unreliableCa(ca);
  fake.submits = mistakingTheKey(ca);
  shop.alarms.splice(0);
  await expect(certify(card, withCa(fake))).rejects.toMatchObject({ type: 'ca_refused', nonRetryable: true });
  expect(await states(card)).toEqual(['failed', 'failed']);
  expect((await ledgerOf(card)).map(({ status }) => status)).toEqual(['revoked', 'revoked']);
  expect(shop.alarms).toContain('the CA sent a certificate that was not ordered');
  await settle(card, withCa(fake));
  const actions = await shop.run('scrapProduction', { productionId: card.productionId, reason: 'test' });
  expect(actions).toEqual([]);
});

test('the certificate of somebody else is refused and stays as it is', async () => {
  const owner = await personalised();
  await certify(owner, withCa(ca));
  const [theirs] = await ledgerOf(owner);
  const card = await personalised();
  const fake = unreliableCa(ca);
  fake.submits = () => ca.lookup(theirs?.clientRef ?? '');
  await expect(certify(card, withCa(fake))).rejects.toMatchObject({ type: 'ca_refused', nonRetryable: true });
  expect(await states(card)).toEqual(['failed', 'failed']);
  expect((await ledgerOf(owner)).map(({ status }) => status)).toEqual(['good', 'good']);
  expect(await states(owner)).toEqual(['issued', 'issued']);
});

test('a card is not given up while its order may still be under way', async () => {
  const card = await personalised();
  const fake = unreliableCa(ca);
  fake.submits = () => Promise.reject(new Error('socket hang up'));
  await certify(card, withCa(fake)).catch(() => undefined);
  await expect(settle(card, withCa(fake))).rejects.toMatchObject({ type: 'unavailable', nextRetryDelay: 120_000 });
  await shop.database
    .operations('certificates')
    .where({ deviceId: card.deviceId })
    .update({ stateSince: new Date(Date.now() - 150_000) });
  await settle(card, withCa(fake));
  expect(await states(card)).toEqual(['failed', 'failed']);
});
