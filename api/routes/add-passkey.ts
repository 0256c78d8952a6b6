import { sessionStore } from '../../db/stores/sessions.ts';
import { refOf } from '../../domain/actor.ts';
import { addPasskey as add } from '../auth/passkeys.ts';
import { firstRecoveryCodes } from '../auth/recovery-codes.ts';
import { sessionHash } from '../auth/session.ts';
import { operation } from '../operation.ts';
import { RecoveryCodes } from '../schemas/account.ts';
import { PasskeyInput } from '../schemas/passkey.ts';

export const addPasskey = operation({
  method: 'post',
  path: '/account/passkeys',
  summary: 'Keep the passkey that the browser made. Answers recovery codes, once, where there are none yet',
  permission: 'signed_in',
  body: PasskeyInput,
  response: RecoveryCodes,
  status: 201,
  answersOnce: true,
  refusals: ['factor_wrong', 'duplicate'],
  handle: async ({ body: { name, passkey }, actor, client, identity: { accountId } }, services) => {
    const by = refOf(actor);
    const method = await add(services, { by, accountId, name, askedBy: sessionHash(client), response: passkey });
    await sessionStore(services.db).provenAgain({ by, id: actor.sessionId, method });
    return { codes: await firstRecoveryCodes(services.db, { by, accountId }) };
  },
});
