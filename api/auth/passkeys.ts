import { isIP } from 'node:net';

import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';

import { passkeyStore, type Passkey } from '../../db/stores/passkeys.ts';
import type { ActorRef } from '../../domain/actor.ts';
import type { AuthenticationMethod } from '../../domain/authentication.ts';
import { failure } from '../../domain/errors.ts';
import type { PasskeyAssertion, PasskeyRegistration } from '../schemas/passkey.ts';
import type { Services, Settings } from '../services.ts';

type Parts = Pick<Services, 'db' | 'settings'>;

/** A passkey belongs to a name: an installation that is reached by an address has none (WebAuthn 5.1.2, RP ID). */
export const hasPasskeys = ({ publicUrl }: Pick<Settings, 'publicUrl'>): boolean =>
  isIP(new URL(publicUrl).hostname.replaceAll(/[[\]]/g, '')) === 0;

/** Of whom the passkeys are, and where: both come from the configuration, never from the call. */
const partyOf = ({ publicUrl }: Pick<Settings, 'publicUrl'>) => ({
  expectedOrigin: new URL(publicUrl).origin,
  expectedRPID: new URL(publicUrl).hostname,
});

/** ES256, EdDSA, RS256 (COSE): what authenticators have; Node calls newer ones experimental. */
const algorithms = [-7, -8, -257];

const transportsOf = ({ credentialId: id, transports }: Passkey) => ({ id, transports });

/** What the browser needs to make a passkey. The authenticator must verify its user, by PIN or biometrics. */
export async function registrationOptions(
  { db, settings }: Parts,
  of: { accountId: string; login: string; name: string; askedBy: Buffer },
) {
  if (!hasPasskeys(settings))
    throw failure('not_supported', 'Passkeys need an installation that is reached by a name. Set up an authenticator app.');
  const store = passkeyStore(db);
  const options = await generateRegistrationOptions({
    rpName: 'smartCMS',
    rpID: partyOf(settings).expectedRPID,
    userID: new Uint8Array(Buffer.from(of.accountId)),
    userName: of.login,
    userDisplayName: of.name,
    excludeCredentials: (await store.of(of.accountId)).map(transportsOf),
    supportedAlgorithmIDs: algorithms,
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });
  await store.challenge({ askedBy: of.askedBy, challenge: options.challenge });
  return options;
}

interface NewPasskey {
  by: ActorRef;
  accountId: string;
  name: string;
  askedBy: Buffer;
  response: z.output<typeof PasskeyRegistration>;
}

/** Keeps the passkey that the browser made; throws `factor_wrong` for one that is not what was asked for. Answers how it proves. */
export async function addPasskey({ db, settings }: Parts, given: NewPasskey): Promise<AuthenticationMethod> {
  const { by, accountId, name, askedBy, response } = given;
  const store = passkeyStore(db);
  const expectedChallenge = await store.takeChallenge(askedBy);
  if (expectedChallenge === undefined) throw notProven();
  const { id, transports, ...attested } = response;
  const verified = await verifyRegistrationResponse({
    ...partyOf(settings),
    expectedChallenge,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
    response: { ...publicKey(id), response: attested },
  }).catch(() => undefined);
  if (!verified?.verified) throw notProven();
  const { credential, credentialDeviceType } = verified.registrationInfo;
  const synced = credentialDeviceType === 'multiDevice';
  const { id: credentialId, publicKey: key, counter } = credential;
  await store.add({ by, id: uuid(), accountId, credentialId, publicKey: Buffer.from(key), counter, transports, synced, name });
  return synced ? 'swk' : 'hwk';
}

/** What the browser needs to prove one of the account's passkeys. */
export async function assertionOptions({ db, settings }: Parts, { accountId, askedBy }: { accountId: string; askedBy: Buffer }) {
  const store = passkeyStore(db);
  const allowCredentials = (await store.of(accountId)).map(transportsOf);
  const options = await generateAuthenticationOptions({
    rpID: partyOf(settings).expectedRPID,
    allowCredentials,
    userVerification: 'required',
  });
  await store.challenge({ askedBy, challenge: options.challenge });
  return options;
}

/** How the account was proven by a passkey; undefined when it was not. What was to be signed is used up by this. */
export async function passkeyProves(
  { db, settings }: Parts,
  given: { accountId: string; askedBy: Buffer; response: z.output<typeof PasskeyAssertion> },
): Promise<AuthenticationMethod | undefined> {
  const store = passkeyStore(db);
  const expectedChallenge = await store.takeChallenge(given.askedBy);
  const { id, ...response } = given.response;
  const passkey = (await store.of(given.accountId)).find(({ credentialId }) => credentialId === id);
  if (expectedChallenge === undefined || !passkey) return undefined;
  const { counter, transports } = passkey;
  const verified = await verifyAuthenticationResponse({
    ...partyOf(settings),
    expectedChallenge,
    requireUserVerification: true,
    response: { ...publicKey(id), response },
    credential: { id, publicKey: new Uint8Array(passkey.publicKey), counter, transports },
  }).catch(() => undefined);
  if (!verified?.verified || !(await store.use({ id: passkey.id, counter: verified.authenticationInfo.newCounter }))) return undefined;
  return passkey.synced ? 'swk' : 'hwk';
}

const publicKey = (id: string) => ({ id, rawId: id, type: 'public-key' as const, clientExtensionResults: {} });

const notProven = () => failure('factor_wrong', 'The passkey was not accepted. Try again, or use another one.');
