import { describeAccount } from '../../db/reads/account.ts';
import { registrationOptions } from '../auth/passkeys.ts';
import { sessionHash } from '../auth/session.ts';
import { operation } from '../operation.ts';
import { PasskeyOptions } from '../schemas/passkey.ts';

export const beginPasskey = operation({
  method: 'post',
  path: '/account/passkeys/options',
  summary: 'Begin to make a passkey: what the browser needs for it',
  permission: 'signed_in',
  stepUp: true,
  response: PasskeyOptions,
  answersOnce: true,
  refusals: ['not_supported'],
  handle: async ({ actor, client, identity: { accountId } }, services) => {
    const { login } = await describeAccount(services.db, accountId);
    const options = await registrationOptions(services, { accountId, login, name: actor.name, askedBy: sessionHash(client) });
    return { options: { ...options } };
  },
});
