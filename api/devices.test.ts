import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { sealWith } from '../connectors/hsm/envelope.ts';
import { dataKeyId, startApi, type TestApi } from '../test/support/api.ts';
import { seedDevice, seedRequest } from '../test/support/api-records.ts';

let api: TestApi;
const cookies: Record<string, string> = {};
beforeAll(async () => {
  api = await startApi();
  for (const role of ['DO', 'HD', 'TH', 'AO'] as const) cookies[role] = await api.signIn(role);
  await api.database.operations('data_keys').insert({ id: dataKeyId, purpose: 'codes', wrapped: Buffer.from('x'), wrappingKey: 'kek' });
});
afterAll(() => api.close());

async function activeDevice() {
  const { office, profileId, operators, holderId } = api.organisation;
  const db = api.database.operations;
  const requestId = await seedRequest(db, { unitId: office, holderId, registeredBy: operators.RO, profileId, state: 'closed' });
  const rows = await seedDevice(db, { requestId, state: 'active' });
  await db('certificates').where({ id: rows.certificateId }).update({ state: 'active' });
  await db('devices').where({ id: rows.deviceId }).update({ activatedAt: new Date() });
  return rows;
}
const call = (role: string, method: string, path: string, body?: unknown) =>
  api.call(method, `/api${path}`, { as: cookies[role] ?? '', ...(body !== undefined && { body }) });

test('holds are a ledger: lifting one does not lift another, and each starts what the CA must do', async () => {
  const { deviceId } = await activeDevice();
  const first = await call('HD', 'POST', `/devices/${deviceId}/holds`, { cause: 'absence', comment: 'On leave' });
  expect([first.status, first.body.state]).toEqual([200, 'suspended']);
  expect(api.temporal.sent.at(-1)).toMatchObject({ kind: 'start', name: 'certificateAction', args: [{ v: 1, ca: 'main' }] });
  const second = await call('TH', 'POST', `/portal/devices/${deviceId}/holds`, { cause: 'lost_temporarily' });
  expect([second.status, second.body.state]).toEqual([200, 'suspended']);
  const holds = (await call('HD', 'GET', `/devices/${deviceId}`)).body.holds as { id: string; cause: string }[];
  expect(holds.map((h) => h.cause).sort()).toEqual(['absence', 'lost_temporarily']);
  for (const [cause, state] of [
    ['absence', 'suspended'],
    ['lost_temporarily', 'active'],
  ]) {
    const lifted = await call('HD', 'DELETE', `/devices/${deviceId}/holds/${holds.find((h) => h.cause === cause)?.id}`);
    expect([cause, lifted.status, lifted.body.state]).toEqual([cause, 200, state]);
  }
});

test('a hold of another device is not lifted through this one', async () => {
  const [one, two] = [await activeDevice(), await activeDevice()];
  const { body } = await call('HD', 'POST', `/devices/${one.deviceId}/holds`, { cause: 'absence' });
  expect((await call('HD', 'DELETE', `/devices/${two.deviceId}/holds/${body.holds[0]?.id}`)).status).toBe(404);
});

test('a revoked device stays revoked', async () => {
  const { deviceId } = await activeDevice();
  const revoked = await call('HD', 'POST', `/devices/${deviceId}/revocation`, { cause: 'stolen', comment: '' });
  expect([revoked.status, revoked.body.state]).toEqual([200, 'stolen']);
  expect((await call('HD', 'POST', `/devices/${deviceId}/holds`, { cause: 'absence' })).body.code).toBe('wrong_state');
});

test('the PIN mailer is given once, and reading it is audited', async () => {
  const { deviceId } = await activeDevice();
  const id = uuid();
  const ciphertext = sealWith(api.codeKey, Buffer.from('%PDF-1.7 secret'), Buffer.from(`${id}|pin_mailer`));
  await api.database
    .operations('sealed_documents')
    .insert({ id, kind: 'pin_mailer', deviceId, envelope: id, ciphertext, keyId: dataKeyId });
  const headers = { 'Idempotency-Key': uuid() };
  const print = () => api.call('POST', `/api/devices/${deviceId}/pin-mailer`, { as: cookies.DO ?? '', headers });
  const first = await print();
  expect([first.status, first.headers.get('Content-Type'), first.text]).toEqual([200, 'application/pdf', '%PDF-1.7 secret']);
  const second = await print();
  expect([second.status, second.body.code]).toEqual([410, 'already_printed']);
  const kept = await api.database.operations('idempotency_keys').where({ key: headers['Idempotency-Key'] });
  expect(kept).toEqual([]);
  const events = await api.database
    .operations('audit_outbox')
    .where({ objectId: id, operation: 'event' })
    .select<{ actorId: string }[]>('actor_id');
  expect(events.map((e) => e.actorId)).toEqual([api.organisation.operators.DO]);
});

test('a certificate is read as PEM', async () => {
  const { certificateId } = await activeDevice();
  const answer = await call('HD', 'GET', `/certificates/${certificateId}/pem`);
  expect(answer.headers.get('Content-Type')).toBe('application/x-pem-file');
  expect(answer.text).toMatch(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+\n-----END CERTIFICATE-----\n$/);
  expect((await call('HD', 'GET', `/certificates/${certificateId}`)).body).toMatchObject({ id: certificateId, state: 'active' });
});

test('stations show the card in the reader, put in and pulled by call', async () => {
  const { stationId, serial } = await activeDevice();
  api.temporal.answer = () => Promise.resolve({ serial });
  const stations = await call('DO', 'GET', '/stations');
  expect(stations.body.items.find((s: { id: string }) => s.id === stationId)).toMatchObject({ card: serial, stock: 0, busy: false });
  expect((await call('DO', 'POST', `/stations/${stationId}/card`, { serial })).body).toEqual({ card: serial });
  expect(api.temporal.sent.at(-1)).toMatchObject({ name: 'stationCard', args: [{ stationId, change: { kind: 'insert', serial } }] });
  api.temporal.answer = () => Promise.reject(new Error('no worker'));
  expect((await call('DO', 'GET', '/stations')).body.items.find((s: { id: string }) => s.id === stationId)?.card).toBeNull();
  api.temporal.answer = undefined;
});

test('the pages of every role answer in the form they promise', async () => {
  for (const [role, paths] of Object.entries({
    DO: ['/home', '/units', '/device-profiles', '/requests', '/devices', '/holders', '/me'],
    AO: ['/home', '/audit/events', '/audit/verification'],
    TH: ['/portal/devices', '/me'],
  })) {
    for (const path of paths) expect([role, path, (await call(role, 'GET', path)).status]).toEqual([role, path, 200]);
  }
});
