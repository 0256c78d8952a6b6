import { afterAll, beforeAll, expect, test } from 'vitest';

import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { clockGapMs } from '../db/clock.ts';
import { errorCodeOf } from '../domain/errors.ts';
import { openWorkshop, type Workshop } from '../test/support/workshop.ts';
import { clockGuard, signingOnTime } from './clock-guard.ts';

let shop: Workshop;
beforeAll(async () => (shop = await openWorkshop()));
afterAll(() => shop.close());

const hour = 3_600_000;
const steps = [
  ['an hour forward', hour],
  ['an hour back', -hour],
  ['a day back', -24 * hour],
  ['400 days forward', 400 * 24 * hour],
] as const;

/** The shop's CA behind a clock that can be set. */
function setClock() {
  let shift = 0;
  const guard = clockGuard(shop.database.operations, () => Date.now() + shift);
  const cas = new Map([['main', signingOnTime(shop.parts.cas.get('main') as CertificateAuthority, guard)]]);
  return { parts: { ...shop.parts, cas }, set: (ms: number) => void (shift = ms) };
}

test.each(steps)('the gap of a clock that was set %s is measured', async (_, shift) => {
  const gap = await clockGapMs(shop.database.operations, () => Date.now() + shift);
  expect(Math.abs(gap - shift)).toBeLessThan(5_000);
});

test('no certificate is signed while the clocks differ, the request says why, and it goes on when they agree', async () => {
  const { parts, set } = setClock();
  const knex = shop.database.operations;
  const requestId = await shop.approvedRequest();
  const begun = await shop.run('beginProduction', { requestId, stationId: shop.stationId, by: await shop.operator('do') });
  const productionId = begun.id;
  await shop.run('personalise', { productionId });
  await parts.cas.get('main')?.publish();
  for (const [, shift] of steps) {
    set(shift);
    const certify = shop.run('certify', { productionId, ca: 'main' }, parts);
    expect(await certify.then(() => 'signed', errorCodeOf)).toBe('unavailable');
    expect(await parts.cas.get('main')?.publish().catch(errorCodeOf)).toBe('unavailable');
  }
  const waits = await knex('requests').where({ id: requestId }).first<{ problemDetail: string }>('problem_detail');
  expect(waits.problemDetail).toContain('The clocks of the worker and of the database differ');
  expect(await knex('ca_ledger')).toEqual([]);

  set(0);
  await shop.run('certify', { productionId, ca: 'main' }, parts);
  expect(await knex('certificates').where({ requestId, state: 'issued' })).toHaveLength(2);
});
