import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { openMailer } from '../connectors/mail/smtp.ts';
import type { Mailer } from '../connectors/mail/mail.ts';
import { mailService, mailTroubleOf } from '../db/reads/mail.ts';
import { noFields } from '../domain/field-definition.ts';
import { holderStore } from '../db/stores/holders.ts';
import { mailOutboxStore } from '../db/stores/mail-outbox.ts';
import { requestStore } from '../db/stores/requests.ts';
import { openWorkshop, person, type Workshop } from '../test/support/workshop.ts';
import { sendDueMails } from './mail-sender.ts';

type Answer = (address: string) => Error | undefined;
const refusal = (code: number, message: string) => Object.assign(new Error(message), { responseCode: code });
const takesAll: Answer = () => undefined;

let shop: Workshop;
let mailer: Mailer;
let answer: Answer = takesAll;
/** Takes the mail, and is gone before it says so. */
let dropsAfterData = false;
let received: { to: string; id: string }[] = [];

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  onRcptTo: ({ address }, _session, done) => done(answer(address)),
  onData(stream, session, done) {
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.on('end', () => {
      received.push({ to: session.envelope.rcptTo[0]?.address ?? '', id: /^Message-ID: (.*)$/im.exec(text)?.[1]?.trim() ?? '' });
      if (dropsAfterData) for (const connection of server.connections) (connection as { _socket: { destroy(): void } })._socket.destroy();
      else done();
    });
  },
});
const listen = (port = 0) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));

beforeAll(async () => {
  shop = await openWorkshop();
  await listen();
  mailer = openMailer({ url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, from: 'noreply@cms.example' });
});
afterAll(async () => {
  await mailer.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await shop.close();
});
beforeEach(() => void ([answer, dropsAfterData, received] = [takesAll, false, []]));

const knex = () => shop.database.operations;
const send = () => sendDueMails({ knex: knex(), mailer, secrets: shop.parts.secrets, publicUrl: 'http://portal.example' });
/** Hours later. */
const nextRound = async () => {
  await knex()('mail_outbox')
    .where({ state: 'queued' })
    .update({ nextAttemptAt: new Date(0) });
  await send();
};
/** A request with a mail for its holder. */
async function queued(): Promise<{ requestId: string; holderId: string; to: string }> {
  const requestId = await shop.approvedRequest();
  const { holderId, holderEmail: to, id } = await requestStore(knex()).load(requestId);
  const { deviceId } = await shop.run('beginProduction', { requestId: id, stationId: shop.stationId, by: await shop.operator('do') });
  const mail = { template: 'device-activated', locale: 'it' as const, holderId, requestId, deviceId };
  await mailOutboxStore(knex()).enqueue({ id: uuid(), eventKey: `test/${requestId}`, ...mail });
  return { requestId, holderId, to };
}

test('a server that relays nothing, or is away for hours, keeps the mails waiting; the office sees it, and all go once when it is back', async () => {
  const mails = [await queued(), await queued()];
  answer = () => refusal(550, '5.7.1 Relaying denied');
  await send();
  const { port } = server.server.address() as AddressInfo;
  await mailer.close();
  await new Promise<void>((resolve) => server.server.close(() => resolve()));
  mailer = openMailer({ url: `smtp://127.0.0.1:${port}`, from: 'noreply@cms.example' });
  await nextRound();
  await nextRound();
  for (const { requestId, to } of mails)
    expect(await mailTroubleOf(knex(), requestId)).toMatchObject({ problem: 'server', to, nextAttemptAt: expect.any(String) as string });
  expect(await mailService(knex())).toMatchObject({ state: 'down', waiting: 2 });
  const [last] = await knex()('mail_outbox').max<{ at: Date }[]>('next_attempt_at as at');
  expect(last?.at.getTime()).toBeLessThan(Date.now() + 10 * 60_000);

  answer = takesAll;
  await new Promise<void>((resolve) => server.server.listen(port, '127.0.0.1', resolve));
  await nextRound();
  await nextRound();
  expect(received.map(({ to }) => to).sort()).toEqual(mails.map(({ to }) => to).sort());
  expect(await mailService(knex())).toMatchObject({ state: 'ok', waiting: 0 });
  for (const { requestId } of mails) expect(await mailTroubleOf(knex(), requestId)).toBeNull();
});

test('one refused address keeps no other mail from leaving, and its mail goes again to the corrected address', async () => {
  const [bad, good] = [await queued(), await queued()];
  answer = (address) => (address === bad.to ? refusal(550, '5.1.1 No such user') : undefined);
  await send();
  await nextRound();
  expect(received.map(({ to }) => to)).toEqual([good.to]);
  expect(await mailTroubleOf(knex(), bad.requestId)).toMatchObject({ problem: 'address_refused', to: bad.to, nextAttemptAt: null });
  expect(await mailService(knex())).toMatchObject({ state: 'ok' });

  const { version } = await knex()('holders').where({ id: bad.holderId }).first<{ version: number }>('version');
  const data = { ...(await requestStore(knex()).load(bad.requestId)).data, email: 'right@aurelia.example' };
  const by = { kind: 'operator', id: await shop.operator('ro') } as const;
  await holderStore(knex()).update({ by, id: bad.holderId, version, data: { ...person(), ...data }, fields: noFields });
  await send();
  expect(received.map(({ to }) => to)).toEqual([good.to, 'right@aurelia.example']);
  expect(await mailTroubleOf(knex(), bad.requestId)).toBeNull();
});

test('the activation code follows an address that another officer corrected, not one that whoever leads the request set alone', async () => {
  const { requestId, holderId, to } = await queued();
  await send(); // the mails of one round may arrive in any order: what waits goes first
  const { registeredBy, deviceId } = await requestStore(knex()).load(requestId);
  await shop.parts.secrets.ensureActivationCode({ deviceId: deviceId ?? '', requestId });
  const codeTo = async (setBy: string, email: string) => {
    const { version } = await knex()('holders').where({ id: holderId }).first<{ version: number }>('version');
    const data = { ...person(), ...(await requestStore(knex()).load(requestId)).data, email };
    await holderStore(knex()).update({ by: { kind: 'operator', id: setBy }, id: holderId, version, data, fields: noFields });
    received = [];
    const mail = { template: 'activation-code', locale: 'it' as const, holderId, requestId, deviceId: deviceId ?? '' };
    await mailOutboxStore(knex()).enqueue({ id: uuid(), eventKey: `code/${uuid()}`, ...mail });
    await nextRound();
    return received.at(-1)?.to;
  };
  expect(await codeTo(registeredBy, 'mine@aurelia.example')).toBe(to);
  expect(await codeTo(await shop.operator('do'), 'right@aurelia.example')).toBe('right@aurelia.example');
});

test('a connection that drops after the mail was given sends it again under the same Message-ID', async () => {
  await queued();
  dropsAfterData = true;
  await send();
  dropsAfterData = false;
  await nextRound();
  expect(received).toHaveLength(2);
  expect(new Set(received.map(({ id }) => id)).size).toBe(1);
});
