import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ActorRef } from '../../domain/actor.ts';
import { system } from '../../domain/actor.ts';
import { transaction } from '../transaction.ts';
import { errorCodeOf } from '../../domain/errors.ts';
import { noFields } from '../../domain/field-definition.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import type { TestDatabase } from '../../test/support/database.ts';
import { makeOrganisation, person } from '../../test/support/small-organisation.ts';
import type { Organisation } from '../../test/support/small-organisation.ts';
import { amendmentStore } from './amendments.ts';
import { certificateActionStore } from './certificate-actions.ts';
import { certificateStore } from './certificates.ts';
import { dataKeyStore } from './data-keys.ts';
import { holdStore } from './holds.ts';
import { mailOutboxStore } from './mail-outbox.ts';
import { productionStepStore } from './production-steps.ts';
import { productionStore } from './productions.ts';
import { requestApprovalStore } from './request-approval.ts';
import { requestProgressStore } from './request-progress.ts';
import { requestStore } from './requests.ts';
import { revocationStore } from './revocations.ts';
import { sealedDocumentStore } from './sealed-documents.ts';
import { secretCodeStore } from './secret-codes.ts';
import { releaseReserved, stationStore } from './stations.ts';

let db: TestDatabase;
let org: Organisation;
beforeAll(async () => {
  db = await createTestDatabase();
  org = await makeOrganisation(db.operations);
});
afterAll(() => db.drop());

const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', errorCodeOf);
let n = 0;

async function newRequest(submit = true): Promise<{ id: string; person: number }> {
  const id = uuid();
  const who = ++n;
  await requestStore(db.operations).create({
    ...{ by: org.registrar, id, unitId: org.officeId, profileId: org.profileId, holder: { newId: uuid(), data: person(who) }, submit },
    ...{ extra: {}, fields: noFields },
  });
  return { id, person: who };
}

const officer = (i: number): ActorRef => org.officers[i] as ActorRef;
const vote = (id: string, i: number, verdict: 'approve' | 'reject' = 'approve') =>
  requestApprovalStore(db.operations).recordDecision({ by: officer(i), id, verdict, comment: '' });

async function approvedRequest(): Promise<string> {
  const { id } = await newRequest();
  await requestApprovalStore(db.operations).openApproval({ id });
  for (const i of [0, 1, 2]) await vote(id, i);
  return id;
}

const blank = () =>
  stationStore(db.operations).addBlank({ by: officer(0), id: uuid(), serial: randomBytes(8).toString('hex'), stationId: org.stationId });

async function begunProduction() {
  const requestId = await approvedRequest();
  await blank();
  return {
    requestId,
    ...(await productionStore(db.operations).begin({ by: officer(0), id: uuid(), requestId, stationId: org.stationId })),
  };
}

async function issue(requestId: string, deviceId: string, slot: string): Promise<string> {
  const certificates = certificateStore(db.operations);
  const { id } = await certificates.plan({ id: uuid(), requestId, deviceId, slot, profile: 'authentication', ca: 'main' });
  await certificates.submitted({ id, csr: randomBytes(100), spkiSha256: randomBytes(32) });
  const dates = { notBefore: new Date(), notAfter: new Date(Date.now() + 1e10) };
  await certificates.issued({ id, der: randomBytes(300), serial: randomBytes(16).toString('hex'), subject: 'CN=Anna', ...dates });
  return id;
}

async function activeDevice() {
  const production = await begunProduction();
  const { requestId, deviceId, productionId } = production;
  await productionStepStore(db.operations).start({ productionId, step: 'initialise' });
  const certificateIds = [await issue(requestId, deviceId, 'authentication'), await issue(requestId, deviceId, 'signature')];
  await productionStore(db.operations).complete({ productionId });
  await requestProgressStore(db.operations).deliver({ by: officer(0), id: requestId });
  await requestProgressStore(db.operations).activate({ by: officer(0), id: requestId });
  return { requestId, deviceId, certificateIds };
}

const stateOf = async (table: string, id: string) => (await db.operations(table).where({ id }).first<{ state: string }>('state')).state;

test('a request is created once by id and once by reference, with a number of its year', async () => {
  const store = requestStore(db.operations);
  const input = {
    by: org.registrar,
    id: uuid(),
    unitId: org.officeId,
    profileId: org.profileId,
    holder: { newId: uuid(), data: person(++n) },
    extra: {},
    fields: noFields,
    reference: 'row 1',
    submit: true,
  };
  const first = await store.create(input);
  expect(first).toMatchObject({ state: 'submitted', created: true, number: expect.stringMatching(/^\d{4}-\d{6}$/) as string });
  expect(await store.create(input)).toEqual({ ...first, created: false });
  expect(await store.create({ ...input, id: uuid() })).toEqual({ ...first, created: false });
  const same = await Promise.all(Array.from({ length: 10 }, () => store.create({ ...input, id: uuid(), reference: 'row 2' })));
  expect(new Set(same.map((r) => r.id)).size).toBe(1);
  expect(same.filter((r) => r.created)).toHaveLength(1);
});

test('a submitted request is found unstarted until it is marked', async () => {
  const store = requestStore(db.operations);
  const { id } = await newRequest(false);
  const pending = async () => (await store.unstarted({ olderThanSeconds: 0, limit: 1000 })).some((r) => r.id === id);
  expect(await pending()).toBe(false);
  await store.submit({ by: org.registrar, id });
  await store.submit({ by: org.registrar, id });
  expect(await pending()).toBe(true);
  await store.markStarted({ id });
  expect(await pending()).toBe(false);
});

test('a decision that reaches the books after its officer was deactivated or lost the role does not count; one recorded before stays', async () => {
  const { id } = await newRequest();
  await requestApprovalStore(db.operations).openApproval({ id });
  await vote(id, 0);
  const off = (i: number, active: boolean) =>
    db
      .operations('operators')
      .where({ id: officer(i).id })
      .update({ active });
  const role = (i: number, validUntil: Date | null) =>
    db
      .operations('assignments')
      .where({ operatorId: officer(i).id })
      .update({ validUntil });
  await off(0, false);
  await off(1, false);
  await role(2, new Date());
  expect(await codeOf(vote(id, 1))).toBe('forbidden');
  expect(await codeOf(vote(id, 2))).toBe('forbidden');
  await off(0, true);
  await off(1, true);
  await role(2, null);
  expect((await vote(id, 1)).approval.votes.map(({ by }) => by)).toEqual([officer(0).id, officer(1).id]);
});

test('approval follows its steps; nobody decides on what is their own, nor twice', async () => {
  const { id, person: who } = await newRequest();
  await db
    .operations('operators')
    .where({ id: officer(3).id })
    .update({ taxCode: person(who).taxCode });
  const approval = requestApprovalStore(db.operations);
  expect(await codeOf(vote(id, 0))).toBe('wrong_state');
  expect(await approval.openApproval({ id })).toMatchObject({
    state: 'pending_approval',
    waitsFor: 'approval',
    excluded: expect.arrayContaining([org.registrar.id, officer(3).id]) as string[],
  });
  expect(await codeOf(approval.recordDecision({ by: org.registrar, id, verdict: 'approve', comment: '' }))).toBe('own_request');
  expect(await codeOf(vote(id, 3))).toBe('own_request');
  expect((await vote(id, 0)).approval.step).toBe(1);
  expect((await vote(id, 0)).approval.step).toBe(1);
  expect(await codeOf(vote(id, 0, 'reject'))).toBe('already_decided');
  await Promise.all([vote(id, 1), vote(id, 2)]);
  expect(await requestStore(db.operations).load(id)).toMatchObject({
    state: 'approved',
    waitsFor: 'production',
    approval: { outcome: 'approved' },
  });
});

test('an amendment voids approvals, changes data and holder, and is applied once', async () => {
  const { id } = await newRequest();
  const [store, load] = [amendmentStore(db.operations), () => requestStore(db.operations).load(id)];
  await requestApprovalStore(db.operations).openApproval({ id });
  await vote(id, 0);
  const { version, holderId } = await load();
  const amendmentId = uuid();
  const edit = { by: officer(1), amendmentId, requestId: id, version, data: person(++n), extra: {}, reason: 'spelling' };
  expect(await codeOf(store.plan({ ...edit, version: version - 1 }))).toBe('version_conflict');
  await store.plan(edit);
  await store.apply({ by: officer(1), amendmentId });
  await store.apply({ by: officer(1), amendmentId });
  const after = await load();
  expect(after).toMatchObject({ round: 2, state: 'pending_approval', data: edit.data, approval: { step: 0, round: 2, votes: [] } });
  expect(after.excluded).toContain(officer(1).id);
  expect(await db.operations('holders').where({ id: holderId }).first('taxCode')).toEqual({ taxCode: edit.data.taxCode });
  expect((await vote(id, 0)).approval.step).toBe(1);
});

test('twenty at once reserve twenty different devices, and the next finds the stock empty', async () => {
  const requests = await Promise.all(Array.from({ length: 21 }, () => newRequest()));
  const stationId = uuid();
  const stations = stationStore(db.operations);
  await stations.create({ by: system, id: stationId, code: stationId, name: 'Race', unitId: org.officeId, kind: 'virtual' });
  for (let i = 0; i < 20; i++) await stations.addBlank({ by: system, id: uuid(), serial: `race-${i}`, stationId });
  const reserve = (r: { id: string } | undefined) => stations.reserveDevice({ by: system, requestId: (r as { id: string }).id, stationId });
  const reserved = await Promise.all(requests.slice(0, 20).map(reserve));
  expect(new Set(reserved.map((r) => r.deviceId)).size).toBe(20);
  expect(await reserve(requests[0])).toEqual(reserved[0]);
  expect(await codeOf(reserve(requests[20]))).toBe('stock_empty');
  await transaction(db.operations, system, (trx) => releaseReserved(trx, (requests[0] as { id: string }).id));
  expect(await reserve(requests[20])).toEqual(reserved[0]);
});

test('a card stops, goes on where it stopped, and is completed', async () => {
  const { requestId, deviceId, productionId } = await begunProduction();
  const [productions, steps] = [productionStore(db.operations), productionStepStore(db.operations)];
  expect(await productions.begin({ by: officer(0), id: uuid(), requestId, stationId: org.stationId })).toMatchObject({
    productionId,
    n: 1,
  });
  expect(await steps.start({ productionId, step: 'reserve' })).toMatchObject({ state: 'done' });
  await steps.start({ productionId, step: 'initialise' });
  await steps.finish({ productionId, step: 'initialise', detail: { label: 'x' } });
  await steps.start({ productionId, step: 'keys' });
  await steps.stop({ productionId, step: 'keys', problem: { code: 'card_absent', detail: 'Insert the card' } });
  expect(await requestStore(db.operations).load(requestId)).toMatchObject({ state: 'in_production', waitsFor: 'card' });
  expect(await codeOf(productions.complete({ productionId }))).toBe('wrong_state');
  await productions.resume({ by: officer(1), productionId, stationId: org.stationId });
  expect(await steps.start({ productionId, step: 'initialise' })).toMatchObject({ state: 'done', detail: { label: 'x' } });
  expect(await steps.start({ productionId, step: 'keys' })).toMatchObject({ state: 'running', attempts: 2 });
  await productions.complete({ productionId });
  await productions.complete({ productionId });
  expect([await stateOf('devices', deviceId), await stateOf('requests', requestId)]).toEqual(['personalised', 'produced']);
});

test('a spoiled card loses codes and certificates, and its request waits for another', async () => {
  const { requestId, deviceId, productionId } = await begunProduction();
  await productionStepStore(db.operations).start({ productionId, step: 'initialise' });
  const certificateId = await issue(requestId, deviceId, 'authentication');
  const spoil = () => productionStore(db.operations).spoil({ by: officer(0), productionId, reason: 'bent' });
  const { actions } = await spoil();
  expect(actions).toEqual([{ id: expect.any(String) as string, certificateId, ca: 'main', kind: 'revocation', n: 1 }]);
  expect(await spoil()).toEqual({ actions, open: [] });
  expect([await stateOf('devices', deviceId), await stateOf('requests', requestId), await stateOf('certificates', certificateId)]).toEqual([
    'spoiled',
    'approved',
    'revocation_pending',
  ]);
  await blank();
  expect(
    (await productionStore(db.operations).begin({ by: officer(0), id: uuid(), requestId, stationId: org.stationId })).deviceId,
  ).not.toBe(deviceId);
});

test('a card given up before anything was written to it is a blank again', async () => {
  const { requestId, deviceId, productionId } = await begunProduction();
  await productionStore(db.operations).spoil({ by: officer(0), productionId, reason: 'wrong station' });
  expect([await stateOf('devices', deviceId), await stateOf('requests', requestId)]).toEqual(['in_stock', 'approved']);
});

test('a slot has one certificate, a key is certified once, and late reports change nothing', async () => {
  const { requestId, deviceId } = await begunProduction();
  const store = certificateStore(db.operations);
  const plan = (slot: string) => store.plan({ id: uuid(), requestId, deviceId, slot, profile: 'authentication', ca: 'main' });
  const [a, again] = await Promise.all([plan('authentication'), plan('authentication')]);
  expect(a.id).toBe(again.id);
  const key = { csr: randomBytes(9), spkiSha256: randomBytes(32) };
  await store.submitted({ id: a.id, ...key });
  expect(await codeOf(store.submitted({ id: (await plan('signature')).id, ...key }))).toBe('policy_violation');
  await store.unknown({ id: a.id, detail: 'no answer' });
  const dates = { notBefore: new Date(), notAfter: new Date(Date.now() + 1e9) };
  const issued = { id: a.id, der: randomBytes(5), serial: randomBytes(8).toString('hex'), subject: 'CN=x', ...dates };
  await store.issued(issued);
  await store.issued(issued);
  await store.submitted({ id: a.id, ...key });
  expect(await codeOf(store.failed({ id: a.id, detail: 'no' }))).toBe('wrong_state');
  expect(await store.get(a.id)).toMatchObject({ state: 'issued', serial: issued.serial });
});

test('lifting one hold never lifts another; certificates follow the first and the last', async () => {
  const { deviceId, certificateIds } = await activeDevice();
  const [holds, actions] = [holdStore(db.operations), certificateActionStore(db.operations)];
  const place = (id: string) => holds.requestHold({ by: officer(0), id, deviceId, cause: 'absence', comment: '' });
  const [first, second] = [uuid(), uuid()];
  const placed = await place(first);
  expect(placed.actions).toHaveLength(2);
  expect((await place(first)).actions).toEqual(placed.actions);
  expect((await place(second)).actions).toEqual([]);
  for (const { id } of placed.actions) {
    await actions.confirmed({ id });
    await actions.confirmed({ id });
    await actions.published({ id, crlNumber: 7 });
  }
  expect(await stateOf('certificates', certificateIds[0] as string)).toBe('on_hold');
  expect((await holds.liftHold({ by: officer(0), holdId: first })).actions).toEqual([]);
  expect(await stateOf('devices', deviceId)).toBe('suspended');
  const lifted = await holds.liftHold({ by: officer(0), holdId: second });
  expect(lifted.actions).toHaveLength(2);
  expect(await holds.liftHold({ by: officer(0), holdId: second })).toEqual(lifted);
  for (const { id } of lifted.actions) await actions.confirmed({ id });
  expect([await stateOf('devices', deviceId), await stateOf('certificates', certificateIds[0] as string)]).toEqual(['active', 'active']);
});

test('actions of one certificate keep their order, and revocation is for good', async () => {
  const { deviceId, certificateIds } = await activeDevice();
  const actions = certificateActionStore(db.operations);
  const held = await holdStore(db.operations).requestHold({ by: officer(0), id: uuid(), deviceId, cause: 'investigation', comment: '' });
  const revoke = () => revocationStore(db.operations).requestRevocation({ by: officer(0), deviceId, cause: 'stolen', comment: 'bag' });
  const revoked = await revoke();
  expect(await revoke()).toEqual(revoked);
  const revocation = revoked.actions.find((a) => a.certificateId === certificateIds[0]) as { id: string };
  expect((await actions.get(revocation.id)).earlierOpen).toBe(true);
  for (const { id } of held.actions) await actions.confirmed({ id });
  expect(await stateOf('certificates', certificateIds[0] as string)).toBe('revocation_pending');
  expect((await actions.get(revocation.id)).earlierOpen).toBe(false);
  for (const { id } of revoked.actions) await actions.confirmed({ id });
  expect([await stateOf('devices', deviceId), await stateOf('certificates', certificateIds[1] as string)]).toEqual(['stolen', 'revoked']);
  expect(await codeOf(holdStore(db.operations).requestHold({ by: officer(0), id: uuid(), deviceId, cause: 'other', comment: '' }))).toBe(
    'wrong_state',
  );
});

test('a cancelled request gives its blank back and ends every code', async () => {
  const { id } = await newRequest();
  await blank();
  const { deviceId } = await stationStore(db.operations).reserveDevice({ by: system, requestId: id, stationId: org.stationId });
  const [key, codes] = [await dataKey(), secretCodeStore(db.operations)];
  const code = { id: uuid(), kind: 'pin' as const, deviceId, requestId: id, ciphertext: randomBytes(40), keyId: key.id };
  expect((await codes.create({ ...code, id: uuid() })).id).toBe((await codes.create(code)).id);
  const cancel = () => requestProgressStore(db.operations).cancel({ by: officer(0), id, reason: 'mistake' });
  await cancel();
  await cancel();
  expect(await codes.live({ deviceId, kind: 'pin' })).toBeUndefined();
  expect(await db.operations('secret_codes').where({ deviceId }).whereNotNull('ciphertext')).toEqual([]);
  expect(await stateOf('devices', deviceId)).toBe('in_stock');
  expect(await codeOf(requestProgressStore(db.operations).deliver({ by: officer(0), id }))).toBe('wrong_state');
});

const dataKey = () => dataKeyStore(db.operations).ensure({ id: uuid(), purpose: 'codes', wrapped: randomBytes(60), wrappingKey: 'kek' });

test('a sealed document leaves once, whoever asks at the same time, and stays when it cannot be opened', async () => {
  const { deviceId } = await begunProduction();
  const store = sealedDocumentStore(db.operations);
  const ciphertext = randomBytes(2000);
  await store.put({
    id: uuid(),
    kind: 'pin_mailer',
    deviceId,
    envelope: randomBytes(4).toString('hex'),
    ciphertext,
    keyId: (await dataKey()).id,
  });
  const take = (open = async (document: { ciphertext: Buffer }) => document.ciphertext) =>
    store.take({ by: officer(0), deviceId, kind: 'pin_mailer', open });
  await expect(take(() => Promise.reject(new Error('no key now')))).rejects.toThrow('no key now');
  const taken = await Promise.allSettled(Array.from({ length: 8 }, () => take()));
  expect(taken.filter((t) => t.status === 'fulfilled').map((t) => t.value)).toEqual([ciphertext]);
  expect(await codeOf(take())).toBe('already_printed');
});

test('a mail is queued once per event and taken by one sender', async () => {
  const { id } = await newRequest();
  const { holderId } = await requestStore(db.operations).load(id);
  const store = mailOutboxStore(db.operations);
  for (const i of [1, 2, 2, 3]) await store.enqueue({ id: uuid(), eventKey: `e/${i}`, template: 'activation', locale: 'it', holderId });
  const taken = (await Promise.all([1, 2, 3].map(() => store.claimDue({ limit: 2, leaseSeconds: 60 })))).flat();
  expect(taken.map((mail) => mail.eventKey).sort()).toEqual(['e/1', 'e/2', 'e/3']);
  await store.sent({ id: (taken[0] as { id: string }).id });
  await store.retryLater({ id: (taken[1] as { id: string }).id, nextAttemptAt: new Date(0) });
  expect((await store.claimDue({ limit: 9, leaseSeconds: 60 })).map((mail) => [mail.id, mail.attempts])).toEqual([
    [(taken[1] as { id: string }).id, 2],
  ]);
});
