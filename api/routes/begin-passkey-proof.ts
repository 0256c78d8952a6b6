import { assertionOptions } from '../auth/passkeys.ts';
import { sessionHash } from '../auth/session.ts';
import { operation } from '../operation.ts';
import { PasskeyOptions } from '../schemas/passkey.ts';

export const beginPasskeyProof = operation({
  method: 'post',
  path: '/session/proof/options',
  summary: 'Begin to prove again who I am by a passkey: what the browser needs for it',
  permission: 'signed_in',
  response: PasskeyOptions,
  answersOnce: true,
  handle: async ({ client, identity: { accountId } }, services) => ({
    options: { ...(await assertionOptions(services, { accountId, askedBy: sessionHash(client) })) },
  }),
});
