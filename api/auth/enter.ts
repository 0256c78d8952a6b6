import { createHash, randomBytes } from 'node:crypto';

import { secondFactorsOf } from '../../db/reads/account.ts';
import { pendingSignInStore } from '../../db/stores/pending-sign-ins.ts';
import { isStrong } from '../../domain/authentication.ts';
import { failure } from '../../domain/errors.ts';
import type { Client } from '../client.ts';
import { refusal } from '../errors.ts';
import type { Services } from '../services.ts';
import { describeMe } from './me.ts';
import { assertionOptions } from './passkeys.ts';
import { proveFactor, type GivenFactor } from './proof.ts';
import { openSession, type Proven } from './session.ts';

const minutesToAnswer = 5;
const allowedFailures = 5;
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Opens the session of who proved who they are. Who has a second factor and showed only the password gets no session: a token of its own that is good for
 * nothing but to show the factor, and the refusal `second_factor_needed`.
 */
export async function enter(services: Services, proven: Proven, client: Client) {
  const ways = isStrong(proven.methods) ? [] : await secondFactorsOf(services.db, proven.accountId);
  if (ways.length === 0) return describeMe(services, await openSession(services.db, proven, client));
  const token = randomBytes(32).toString('base64url');
  await pendingSignInStore(services.db).begin({ ...proven, idHash: hashOf(token), minutes: minutesToAnswer });
  client.pending.set(token);
  throw refusal('second_factor_needed', 'Go on with your second factor.', { ways });
}

/** The second step: opens the session of the pending sign-in, once. */
export async function enterWithFactor(services: Services, given: GivenFactor, client: Client) {
  const store = pendingSignInStore(services.db);
  const idHash = hashOf(client.pending.token ?? '');
  const pending = await store.find(idHash);
  if (!pending) throw startAgain();
  const method = await proveFactor(services, { accountId: pending.accountId, askedBy: idHash }, given).catch(async (error: unknown) => {
    await store.failed({ idHash, allowed: allowedFailures });
    throw error;
  });
  if (!(await store.end(idHash))) throw startAgain();
  client.pending.clear();
  const methods = [...pending.methods, method];
  return describeMe(services, await openSession(services.db, { accountId: pending.accountId, methods }, client));
}

/** What the browser needs to show a passkey as the second factor of the pending sign-in. */
export async function assertionOptionsOfPending(services: Services, client: Client) {
  await services.attempts.spend('signInByAddress', client.address);
  const askedBy = hashOf(client.pending.token ?? '');
  const pending = await pendingSignInStore(services.db).find(askedBy);
  if (!pending) throw startAgain();
  return assertionOptions(services, { accountId: pending.accountId, askedBy });
}

const startAgain = () => failure('sign_in_over', 'Sign in again from the beginning: too much time passed, or too many codes were wrong.');
