import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ActivityParts } from '../activities/index.ts';
import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { holdStore } from '../db/stores/holds.ts';
import { failure } from '../domain/errors.ts';
import { initialiseKeys } from '../worker/initial-keys.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

let shop: Workshop;
let officer: string;
beforeAll(async () => {
  shop = await openWorkshop();
  officer = await shop.operator('do');
});
afterAll(() => shop.close());

async function begin(): Promise<{ productionId: string; deviceId: string; requestId: string }> {
  const requestId = await shop.approvedRequest();
  const { id, deviceId } = await shop.run('beginProduction', { requestId, stationId: shop.stationId, by: officer });
  return { productionId: id, deviceId, requestId };
}

async function produced(): Promise<Awaited<ReturnType<typeof begin>>> {
  const card = await begin();
  const { productionId } = card;
  await shop.run('personalise', { productionId });
  await shop.run('certify', { productionId, ca: 'main' });
  await shop.run('writeAndVerify', { productionId });
  await shop.run('completeProduction', { productionId });
  return card;
}

/** The CA with some of its answers replaced. */
const caWith = (change: Partial<CertificateAuthority>): ActivityParts => ({
  ...shop.parts,
  cas: new Map([...shop.parts.cas].map(([code, ca]) => [code, { ...ca, ...change }])),
});
const request = (id: string) => shop.database.operations('requests').where({ id }).first<Record<string, unknown>>();
const certificatesOf = async (deviceId: string) => (await shop.parts.certificates.ofDevice(deviceId)).map((c) => c.state);

test('a CA that gives no answer is asked again, says when, and what it did in the meantime counts', async () => {
  const { productionId, deviceId, requestId } = await begin();
  await shop.run('personalise', { productionId });
  const ca = shop.parts.cas.get('main') as CertificateAuthority;
  const lost = caWith({ submit: async (order, ref) => (await ca.submit(order, ref), Promise.reject(new Error('connection lost'))) });
  const refused = await shop.run('certify', { productionId, ca: 'main' }, lost).catch((e: unknown) => e);
  expect(refused).toMatchObject({ type: 'unavailable', nonRetryable: false, nextRetryDelay: expect.any(Number) as number });
  expect(await certificatesOf(deviceId)).toEqual(['unknown', 'submitted']);
  expect(await request(requestId)).toMatchObject({ waitsFor: 'ca', problemCode: 'unavailable', nextAttemptAt: expect.any(Date) as Date });
  const looking = caWith({ lookup: (ref) => ca.lookup(ref) });
  await shop.run('certify', { productionId, ca: 'main' }, looking);
  expect(await certificatesOf(deviceId)).toEqual(['issued', 'issued']);
  expect(await shop.database.operations('ca_ledger').whereLike('client_ref', `${deviceId}/%`).select('serial')).toHaveLength(2);
});

test('a refusal is final: the certificate has failed, and the card can only be scrapped', async () => {
  const { productionId, deviceId } = await begin();
  await shop.run('personalise', { productionId });
  const refusing = caWith({ submit: () => Promise.resolve({ state: 'refused', reason: 'The name is not allowed.' }) });
  await expect(shop.run('certify', { productionId, ca: 'main' }, refusing)).rejects.toMatchObject({
    type: 'ca_refused',
    nonRetryable: true,
  });
  expect(await certificatesOf(deviceId)).toEqual(['failed', 'failed']);
  await expect(shop.run('certify', { productionId, ca: 'main' })).rejects.toMatchObject({ type: 'ca_refused' });
});

test('a card that is given up loses no certificate: what the CA issued unheard is found and revoked', async () => {
  const { productionId, deviceId, requestId } = await begin();
  await shop.run('personalise', { productionId });
  const ca = shop.parts.cas.get('main') as CertificateAuthority;
  const lost = caWith({ submit: async (order, ref) => (await ca.submit(order, ref), Promise.reject(new Error('connection lost'))) });
  await shop.run('certify', { productionId, ca: 'main' }, lost).catch(() => undefined);
  await shop.run('settleCertificates', { productionId, ca: 'main' });
  const actions = await shop.run('scrapProduction', { productionId, reason: 'test' });
  expect(actions.map((a) => a.kind)).toEqual(['revocation']);
  for (const { actionId } of actions) await shop.run('carryOut', { actionId });
  expect((await certificatesOf(deviceId)).sort()).toEqual(['failed', 'revoked']);
  expect(await request(requestId)).toMatchObject({ state: 'approved', deviceId: null });
  expect(await shop.database.operations('secret_codes').where({ deviceId }).whereNot({ state: 'void' }).select('id')).toEqual([]);
});

test('a change is confirmed, published and told once; while the CA is away the row says when it is tried again', async () => {
  const { deviceId, requestId } = await produced();
  await shop.run('deliverDevice', { requestId, by: officer });
  const by = { kind: 'operator', id: officer } as const;
  const { actions } = await holdStore(shop.database.operations).requestHold({
    by,
    id: crypto.randomUUID(),
    deviceId,
    cause: 'absence',
    comment: '',
  });
  const [first, second] = actions;
  if (!first || !second) throw new Error('two actions expected');
  const away = caWith({ status: () => Promise.reject(failure('hsm_unavailable', 'The HSM is away.')) });
  await expect(shop.run('carryOut', { actionId: first.id }, away)).rejects.toMatchObject({ nonRetryable: false });
  expect(await shop.parts.actions.get(first.id)).toMatchObject({
    confirmedAt: null,
    problemDetail: 'The HSM is away.',
    nextAttemptAt: expect.any(Date) as Date,
  });
  for (const { id } of [first, second, second, first]) await shop.run('carryOut', { actionId: id });
  expect(await shop.parts.actions.get(first.id)).toMatchObject({ publishedAt: expect.any(Date) as Date, problemDetail: null });
  expect(await certificatesOf(deviceId)).toEqual(['on_hold', 'on_hold']);
  const mails = await shop.database.operations('mail_outbox').where({ deviceId }).select<{ template: string }[]>('template');
  expect(mails.map((m) => m.template).sort()).toEqual(['activation-code', 'device-suspended']);
});

test('delivering twice makes one code and one mail; an expired delivery revokes the card', async () => {
  const { deviceId, requestId } = await produced();
  const first = await shop.run('deliverDevice', { requestId, by: officer });
  expect(await shop.run('deliverDevice', { requestId, by: officer })).toEqual(first);
  const codes = await shop.database.operations('secret_codes').where({ deviceId, kind: 'activation' }).select<{ state: string }[]>('state');
  expect(codes).toEqual([{ state: 'assigned' }]);
  expect(await shop.run('expireRequest', { requestId })).toHaveLength(2);
  expect(await request(requestId)).toMatchObject({ state: 'expired', workflowState: 'ended' });
  expect(await certificatesOf(deviceId)).toEqual(['revocation_pending', 'revocation_pending']);
});

test('an empty station says so', async () => {
  const requestId = await shop.approvedRequest();
  const stationId = crypto.randomUUID();
  const { unitId } = shop;
  await shop.database.operations('stations').insert({ id: stationId, code: 'empty', name: 'Empty', unitId, kind: 'virtual' });
  await expect(shop.run('beginProduction', { requestId, stationId, by: officer })).rejects.toMatchObject({ type: 'stock_empty' });
});

test('keys are made once, also by two who begin at once', async () => {
  const knex = shop.database.operations;
  const before = { cas: await knex('cas').select(), keys: await knex('data_keys').select() };
  await Promise.all([initialiseKeys(shop.hsm, knex), initialiseKeys(shop.hsm, knex)]);
  expect({ cas: await knex('cas').select(), keys: await knex('data_keys').select() }).toEqual(before);
});
