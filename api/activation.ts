import { timingSafeEqual } from 'node:crypto';

import { v7 as uuid } from 'uuid';
import type { z } from 'zod';

import { openWith, sealWith } from '../connectors/hsm/envelope.ts';
import { system } from '../domain/actor.ts';
import { failure } from '../domain/errors.ts';
import { pinProblem } from '../domain/pin.ts';
import { activationTarget } from '../db/reads/activation.ts';
import { accountStore } from '../db/stores/accounts.ts';
import { secretCodeStore } from '../db/stores/secret-codes.ts';
import { recordEvents } from '../db/transaction.ts';
import { activate } from '../workflows/request-messages.ts';
import { hashPassword } from './auth/password.ts';
import type { Client } from './client.ts';
import { updateRequest } from './processes.ts';
import type { ActivationInput } from './schemas/portal.ts';
import type { Services } from './services.ts';

type Given = z.output<typeof ActivationInput>;
type Target = NonNullable<Awaited<ReturnType<typeof activationTarget>>>;

/** Wrong codes that end a code. */
const allowedFailures = 5;

/**
 * Activates a delivered card: proves the code, keeps the chosen PIN encrypted for the station, gives the holder an account with the password,
 * and waits until the process has set the PIN. An unknown card and a wrong code answer alike. The account comes before the process: if the card
 * does not answer, the same code is good for another try.
 */
export async function activateAtPortal(
  services: Services,
  given: Given,
  call: { client: Client; updateId: string },
): Promise<{ id: string }> {
  const { attempts } = services;
  await attempts.spend('activationByAddress', call.client.address);
  await attempts.spend('activationBySerial', given.serial);
  const target = await provenTarget(services, given);
  await attempts.giveBack('activationBySerial', given.serial);
  assertPin(given.pin);
  const account = await accountOf(services, target, given.password);
  const chosenPinId = await keepPin(services, target, given.pin);
  const { requestId, holderId } = target;
  await updateRequest(services, { id: requestId, update: activate, args: [{ holderId, chosenPinId }], updateId: call.updateId });
  return account;
}

/** The delivered card of this serial, if the code is its code. Each failure counts on the code, is audited, and answers alike. */
async function provenTarget(services: Services, { serial, code }: Given): Promise<Target> {
  const target = await activationTarget(services.db, serial);
  if (target && (await isCodeOf(services, target, code))) return target;
  const objectId = target?.deviceId ?? 'unknown';
  await recordEvents(services.db, system, { kind: 'activation_failed', objectType: 'devices', objectId });
  throw failure('code_wrong', 'Check the card number and the code in your mail. After five wrong codes, ask your office for a new one.');
}

async function isCodeOf({ db, codeKeys }: Services, { deviceId }: Target, code: string): Promise<boolean> {
  const codes = secretCodeStore(db);
  const live = await codes.live({ deviceId, kind: 'activation' });
  if (!live?.ciphertext || !isFuture(live.expiresAt)) return false;
  const expected = openWith(await codeKeys.key(live.keyId), live.ciphertext, Buffer.from(`${live.id}|activation`));
  if (isSame(expected, Buffer.from(code))) return true;
  const { failures } = await codes.failedAttempt({ id: live.id });
  if (failures >= allowedFailures) await codes.move({ by: system, id: live.id, to: 'void' });
  return false;
}

const isFuture = (time: Date | null | undefined) => !time || time.getTime() > Date.now();
const isSame = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);

const pinAdvice = {
  digits: 'A PIN is made of digits only',
  length: 'A PIN has 6 to 8 digits',
  trivial: 'This PIN is easy to guess: choose one that is no series and no repetition',
};

function assertPin(pin: string): void {
  const problem = pinProblem(pin);
  if (problem) throw failure('pin_policy', `${pinAdvice[problem]}.`, [{ pointer: '/pin', message: pinAdvice[problem] }]);
}

/** A PIN chosen in an earlier try that did not reach the card is void: this one counts. */
async function keepPin({ db, codeKeys }: Services, { deviceId, requestId }: Target, pin: string): Promise<string> {
  const codes = secretCodeStore(db);
  const earlier = await codes.live({ deviceId, kind: 'chosen_pin' });
  if (earlier) await codes.move({ by: system, id: earlier.id, to: 'void' });
  const id = uuid();
  const keyId = codeKeys.current;
  const ciphertext = sealWith(await codeKeys.key(keyId), Buffer.from(pin), Buffer.from(`${id}|chosen_pin`));
  return (await codes.create({ id, kind: 'chosen_pin', deviceId, requestId, ciphertext, keyId })).id;
}

/** The holder's account: new under the e-mail address, or the one there is with the new password. */
async function accountOf({ db }: Services, { holderId, login }: Target, password: string): Promise<{ id: string }> {
  const accounts = accountStore(db);
  const by = { kind: 'holder' as const, id: holderId };
  const passwordHash = await hashPassword(password);
  const existing = await accounts.findByHolder(holderId);
  if (existing) {
    await accounts.setPassword({ by, accountId: existing.id, passwordHash, mailId: uuid() });
    return existing;
  }
  if (await accounts.findByLogin(login)) {
    throw failure('duplicate', 'Your e-mail address already signs another person in. Ask your office to register another address.');
  }
  const id = uuid();
  await accounts.create({ by, id, login, passwordHash, holderId });
  return { id };
}
