import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ActivityParts } from '../activities/index.ts';
import { parseCertificate } from '../pki/parse-certificate.ts';
import { dying } from './support/dying.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

async function begin(): Promise<{ productionId: string; deviceId: string; requestId: string }> {
  const requestId = await shop.approvedRequest();
  const { id, deviceId } = await shop.run('beginProduction', { requestId, stationId: shop.stationId, by: await shop.operator('do') });
  return { productionId: id, deviceId, requestId };
}

async function makeCard(productionId: string, parts: ActivityParts): Promise<void> {
  await shop.run('personalise', { productionId }, parts);
  await shop.run('certify', { productionId, ca: 'main' }, parts);
  await shop.run('writeAndVerify', { productionId }, parts);
  await shop.run('completeProduction', { productionId }, parts);
}

async function assertWhole({ productionId, deviceId, requestId }: Awaited<ReturnType<typeof begin>>): Promise<void> {
  const knex = shop.database.operations;
  const { state, steps, serial } = await shop.parts.records.productions.get(productionId);
  expect(state).toBe('completed');
  expect(steps.map((s) => s.state)).toEqual(steps.map(() => 'done'));
  expect((await shop.parts.requests.load(requestId)).state).toBe('produced');
  const certificates = await shop.parts.certificates.ofDevice(deviceId);
  expect(certificates.map((c) => [c.slot, c.state])).toEqual([
    ['authentication', 'issued'],
    ['signature', 'issued'],
  ]);
  // the CA's own ledger is the witness: one serial and one certificate a slot, no more
  const ledger = await knex('ca_ledger').whereLike('client_ref', `${deviceId}/%`).select<{ serial: string }[]>('serial');
  expect(ledger.map((e) => e.serial).sort()).toEqual(certificates.map((c) => c.serial).sort());
  const codes = await knex('secret_codes').where({ deviceId }).orderBy('kind').select<{ kind: string; state: string }[]>('kind', 'state');
  expect(codes).toEqual([
    { kind: 'pin', state: 'assigned' },
    { kind: 'puk', state: 'assigned' },
  ]);
  expect(await knex('sealed_documents').where({ deviceId }).select('id')).toHaveLength(1);
  const content = await shop.parts.hand.withCard({ stationId: shop.stationId, serial }, (card) => card.read());
  for (const { slot, der } of certificates) {
    expect(content.slots[slot]?.certificate).toEqual(der);
    expect(content.slots[slot]?.spki).toEqual(parseCertificate(der as Buffer).spki);
  }
}

test('a process that dies after any of its effects leaves a card that another finishes, with one certificate a slot', async () => {
  const healthy = dying(shop.parts);
  const first = await begin();
  await makeCard(first.productionId, healthy.parts);
  await assertWhole(first);
  expect(healthy.calls.length).toBeGreaterThan(30);
  for (const at of healthy.calls) {
    const card = await begin();
    await expect(makeCard(card.productionId, dying(shop.parts, at).parts), at).rejects.toThrow();
    await makeCard(card.productionId, shop.parts);
    await assertWhole(card);
  }
}, 120_000);
