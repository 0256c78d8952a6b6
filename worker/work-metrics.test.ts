import { Registry } from 'prom-client';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { seedDevice, seedRequest } from '../test/support/api-records.ts';
import { holder, person, seedApiOrganisation } from '../test/support/api-organisation.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { workMetrics } from './work-metrics.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await someWork();
});
afterAll(() => database.drop());

/** A request with its device; a mail, a suspension and an audit event that wait since given times. */
async function someWork(): Promise<void> {
  const db = database.operations;
  const { office, operators, profileId } = await seedApiOrganisation(db);
  const registered = { unitId: office, registeredBy: operators.RO };
  const holderId = await holder(db, { ...registered, data: person() });
  const requestId = await seedRequest(db, { ...registered, holderId, profileId });
  const { deviceId, certificateId } = await seedDevice(db, { requestId });
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const mail = { template: 'activation-code', locale: 'en', holderId, requestId, deviceId };
  await db('mail_outbox').insert([
    { id: uuid(), eventKey: 'old', ...mail, createdAt: minutesAgo(30) },
    { id: uuid(), eventKey: 'new', ...mail },
    { id: uuid(), eventKey: 'refused', ...mail, state: 'refused' },
    { id: uuid(), eventKey: 'sent', ...mail, state: 'sent', createdAt: minutesAgo(500) },
  ]);
  const action = { certificateId, kind: 'suspension', reason: 'hold', requestedByKind: 'system' };
  await db('certificate_actions').insert([
    { id: uuid(), n: 1, ...action, requestedAt: minutesAgo(20), workflowState: 'started' },
    { id: uuid(), n: 2, ...action, requestedAt: minutesAgo(90), workflowState: 'ended' },
  ]);
  await db('audit_outbox').update({ at: minutesAgo(10) });
}

function watched() {
  const registry = new Registry();
  workMetrics(registry, database);
  return async (name: string): Promise<number | undefined> => {
    const line = (await registry.metrics()).split('\n').find((l) => l.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.split(' ')[1]);
  };
}
const minutes = (seconds: number | undefined) => Math.floor((seconds ?? -60) / 60);

test('what waits is counted, with the age of the oldest; what is done is not', async () => {
  const sample = watched();
  expect(await sample('smartcms_mail_waiting{state="queued"}')).toBe(2);
  expect(minutes(await sample('smartcms_mail_waiting_age_seconds{state="queued"}'))).toBe(30);
  expect(await sample('smartcms_mail_waiting{state="refused"}')).toBe(1);
  expect(await sample('smartcms_certificate_actions_waiting{kind="suspension"}')).toBe(1);
  expect(minutes(await sample('smartcms_certificate_actions_waiting_age_seconds{kind="suspension"}'))).toBe(20);
  expect(await sample('smartcms_certificate_actions_waiting{kind="revocation"}')).toBe(0);
  expect(await sample('smartcms_audit_outbox_events')).toBeGreaterThan(5);
  expect(minutes(await sample('smartcms_audit_outbox_age_seconds'))).toBe(10);
  expect(await sample('smartcms_audit_unsealed_age_seconds')).toBe(0);
  expect(await sample('smartcms_productions_waiting{state="stopped"}')).toBe(0);
});

test('figures are read once for many who ask', async () => {
  const sample = watched();
  await sample('smartcms_mail_waiting{state="queued"}');
  await database.operations('mail_outbox').where({ eventKey: 'new' }).update({ state: 'sent' });
  expect(await sample('smartcms_mail_waiting{state="queued"}')).toBe(2);
  expect(await watched()('smartcms_mail_waiting{state="queued"}')).toBe(1);
});

test('while the database does not answer its figures are absent, and the others are there', async () => {
  const registry = new Registry();
  workMetrics(registry, database);
  const lock = await database.operations.transaction();
  await lock.raw('lock table mail_outbox in access exclusive mode');
  const text = await registry.metrics();
  await lock.rollback();
  expect(text).not.toMatch(/^smartcms_mail_waiting\{/m);
  expect(text).toMatch(/^smartcms_audit_unsealed_age_seconds 0$/m);
});
