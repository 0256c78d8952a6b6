import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';

import { body, client } from './client.ts';
import { Problem } from './problem.ts';
import type { Me } from './types.ts';

type Creation = Parameters<typeof startRegistration>[0]['optionsJSON'];
type Request = Parameters<typeof startAuthentication>[0]['optionsJSON'];

/** What the person or their device refused, as a problem like any other. */
async function asked<T>(ceremony: Promise<T>): Promise<T> {
  try {
    return await ceremony;
  } catch (error) {
    const known = error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED';
    throw new Problem(422, { code: known ? 'duplicate' : 'factor_wrong' });
  }
}

/** Makes a passkey in the browser and keeps it; answers recovery codes where there were none. */
export async function addPasskey(name: string): Promise<{ codes: string[] }> {
  const { options } = await body(client.POST('/account/passkeys/options'));
  const { id, response } = await asked(startRegistration({ optionsJSON: options as unknown as Creation }));
  const { clientDataJSON, attestationObject, transports = [] } = response;
  return body(client.POST('/account/passkeys', { body: { name, passkey: { id, clientDataJSON, attestationObject, transports } } }));
}

export const removePasskey = (id: string): Promise<unknown> => body(client.DELETE('/account/passkeys/{id}', { params: { path: { id } } }));

/** The second step of signing in, by a passkey. */
export async function showPasskey(): Promise<Me> {
  const { options } = await body(client.POST('/session/second-factor/options'));
  return body(client.POST('/session/second-factor', { body: { passkey: await assertion(options) } }));
}

/** Proves again who one is, by a passkey. */
export async function proveByPasskey(): Promise<unknown> {
  const { options } = await body(client.POST('/session/proof/options'));
  return body(client.POST('/session/proof', { body: { passkey: await assertion(options) } }));
}

async function assertion(options: Record<string, unknown>) {
  const { id, response } = await asked(startAuthentication({ optionsJSON: options as unknown as Request }));
  const { clientDataJSON, authenticatorData, signature } = response;
  return { id, clientDataJSON, authenticatorData, signature };
}
