import { assertionOptionsOfPending } from '../auth/enter.ts';
import { operation } from '../operation.ts';
import { PasskeyOptions } from '../schemas/passkey.ts';

export const beginPasskeyFactor = operation({
  method: 'post',
  path: '/session/second-factor/options',
  summary: 'Begin the second step of signing in by a passkey: what the browser needs for it',
  permission: 'public',
  response: PasskeyOptions,
  answersOnce: true,
  refusals: ['sign_in_over', 'too_many_attempts'],
  handle: async ({ client }, services) => ({ options: { ...(await assertionOptionsOfPending(services, client)) } }),
});
