import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { v7 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { openWith, sealWith } from '../connectors/hsm/envelope.ts';
import { cookieOf, dataKeyId, startApi, type TestApi } from '../test/support/api.ts';
import { holder, operator, person } from '../test/support/api-organisation.ts';
import { seedDevice, seedRequest, type DeviceRows } from '../test/support/api-records.ts';
import { memoryAttempts } from './auth/attempts.ts';

const generous = { points: 10_000, seconds: 60 };
let api: TestApi;
let device: DeviceRows & { requestId: string; holderId: string; email: string; codeId: string };
beforeAll(async () => {
  api = await startApi({
    attempts: memoryAttempts({ signInByAddress: generous, activationByAddress: generous, activationBySerial: generous }),
  });
  const wrapped = Buffer.from('not opened here');
  await api.database.operations('data_keys').insert({ id: dataKeyId, purpose: 'codes', wrapped, wrappingKey: 'kek' });
});
afterAll(() => api.close());
afterEach(() => void (api.temporal.answer = undefined));
let n = 0;
beforeEach(async () => {
  device = await deliveredDevice(`holder${++n}@example.it`);
});

const db = () => api.database.operations;

async function deliveredDevice(email: string) {
  const { office, profileId, operators } = api.organisation;
  // A unit registers a tax code once; these people differ in nothing else.
  const data = person({ email, taxCode: `RSSMRA85T10A${String(n).padStart(3, '0')}X` });
  const holderId = await holder(db(), { unitId: office, registeredBy: operators.RO, data });
  const requestId = await seedRequest(db(), { unitId: office, holderId, registeredBy: operators.RO, profileId, state: 'delivered' });
  const rows = await seedDevice(db(), { requestId });
  const codeId = uuid();
  const ciphertext = sealWith(api.codeKey, Buffer.from('K7QXM2PR'), Buffer.from(`${codeId}|activation`));
  await db()('secret_codes').insert({
    ...{ id: codeId, kind: 'activation', deviceId: rows.deviceId, requestId, state: 'assigned', ciphertext, keyId: dataKeyId },
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  return { ...rows, requestId, holderId, email, codeId };
}

const activate = (changes: object = {}) =>
  api.call('POST', '/api/portal/activation', {
    body: { serial: device.serial, code: 'K7QXM2PR', pin: '482915', password: 'a long enough password', ...changes },
  });
const chosenPins = () =>
  db()('secret_codes')
    .where({ deviceId: device.deviceId, kind: 'chosen_pin' })
    .orderBy('id')
    .select<{ id: string; state: string; ciphertext: Buffer | null }[]>();

test('the holder activates with serial and code, is signed in, and signs in again with the new password', async () => {
  const answer = await activate({ serial: device.serial.replace(/(....)/g, '$1 ').trim(), code: 'k7qx-m2pr' });
  expect([answer.status, answer.body.kind, answer.body.id]).toEqual([200, 'holder', device.holderId]);
  const mine = await api.call('GET', '/api/portal/devices', { as: cookieOf(answer) });
  expect(mine.body.items).toMatchObject([{ id: device.deviceId, serial: device.serial }]);
  const again = await api.call('POST', '/api/session', { body: { login: device.email, password: 'a long enough password' } });
  expect(again.status).toBe(200);
});

test('the PIN reaches the process as an id; in the table it is encrypted and bound to its row', async () => {
  await activate();
  const [pin] = await chosenPins();
  const sent = api.temporal.sent.filter((m) => m.workflowId === `request/${device.requestId}`);
  expect(sent).toMatchObject([{ name: 'activate', args: [{ holderId: device.holderId, chosenPinId: pin?.id }] }]);
  expect(JSON.stringify(api.temporal.sent)).not.toContain('482915');
  expect(openWith(api.codeKey, pin?.ciphertext ?? Buffer.alloc(0), Buffer.from(`${pin?.id}|chosen_pin`)).toString()).toBe('482915');
  const { rows } = await db().raw<{ rows: { all: string }[] }>(`select string_agg(o::text, ' ') as all from audit_outbox o`);
  expect(rows[0]?.all).not.toMatch(/482915|K7QXM2PR|long enough/);
});

test('an unknown card and a wrong code answer word for word alike', async () => {
  const [unknown, wrong] = [await activate({ serial: '6090000000000000' }), await activate({ code: 'WRONG' })];
  const seen = [unknown, wrong].map(({ status, body }) => ({ status, ...body, instance: '' }));
  expect(seen[0]).toMatchObject({ status: 422, code: 'code_wrong' });
  expect(seen[1]).toEqual(seen[0]);
});

test('five wrong codes end the code, then the right one is wrong as well', async () => {
  for (let i = 0; i < 5; i++) expect((await activate({ code: `WRONG${i}` })).body.code).toBe('code_wrong');
  expect((await activate()).body.code).toBe('code_wrong');
  expect(await db()('secret_codes').where({ id: device.codeId }).first()).toMatchObject({ state: 'void', ciphertext: null });
});

test('an expired code is wrong, and so is that of a card that is not delivered', async () => {
  await db()('secret_codes')
    .where({ id: device.codeId })
    .update({ expiresAt: new Date(Date.now() - 1) });
  expect((await activate()).body.code).toBe('code_wrong');
  await db()('secret_codes')
    .where({ id: device.codeId })
    .update({ expiresAt: new Date(Date.now() + 60_000) });
  await db()('devices').where({ id: device.deviceId }).update({ state: 'revoked' });
  expect((await activate()).body.code).toBe('code_wrong');
});

test.each(['12345', '123456789', '111111', '123456', '12a456', ''])(
  'the PIN %j is refused with advice, and the code stays good',
  async (pin) => {
    const refused = await activate({ pin });
    expect([refused.status, refused.body.code, refused.body.errors[0]?.pointer]).toEqual([422, 'pin_policy', '/pin']);
    expect(await chosenPins()).toEqual([]);
    expect((await activate()).status).toBe(200);
  },
);

test('when the card does not answer, the code is good for another try, and the PIN of that try counts', async () => {
  api.temporal.answer = () =>
    Promise.reject(new WorkflowUpdateFailedError('failed', ApplicationFailure.nonRetryable('Put the card in.', 'card_absent')));
  expect((await activate()).body.code).toBe('card_absent');
  api.temporal.answer = undefined;
  expect((await activate({ pin: '739204' })).status).toBe(200);
  const pins = await chosenPins();
  expect(pins.map((p) => p.state)).toEqual(['void', 'generated']);
  expect(openWith(api.codeKey, pins[1]?.ciphertext ?? Buffer.alloc(0), Buffer.from(`${pins[1]?.id}|chosen_pin`)).toString()).toBe('739204');
});

test('an address that signs an operator in is not taken over', async () => {
  await operator(db(), { login: `both${n}`, role: 'RO', unitId: api.organisation.office, visibility: 'office' });
  await db()('holders')
    .where({ id: device.holderId })
    .update({ email: `both${n}@example.it` });
  expect((await activate()).body.code).toBe('duplicate');
  expect(
    (await api.call('POST', '/api/session', { body: { login: `both${n}@example.it`, password: 'a long enough password' } })).status,
  ).toBe(401);
});

test('guessing is limited by serial and by address', async () => {
  const strict = { points: 3, seconds: 60 };
  const limits = { signInByAddress: generous, activationByAddress: { points: 5, seconds: 60 }, activationBySerial: strict };
  const limited = await startApi({ attempts: memoryAttempts(limits) });
  try {
    const guess = async (serial: string) =>
      (
        await limited.call('POST', '/api/portal/activation', {
          body: { serial, code: 'GUESS', pin: '482915', password: 'a long enough password' },
        })
      ).status;
    const statuses = [];
    for (const serial of ['1', '1', '1', '1', '2', '3']) statuses.push(await guess(serial.repeat(16)));
    expect(statuses).toEqual([422, 422, 422, 429, 422, 429]);
  } finally {
    await limited.close();
  }
});
