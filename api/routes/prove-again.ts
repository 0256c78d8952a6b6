import { proveFactor, provePassword } from '../auth/proof.ts';
import { sessionStore } from '../../db/stores/sessions.ts';
import { refOf } from '../../domain/actor.ts';
import { sessionHash } from '../auth/session.ts';
import { operation } from '../operation.ts';
import { Proof } from '../schemas/account.ts';

export const proveAgain = operation({
  method: 'post',
  path: '/session/proof',
  summary: 'Prove again who I am: what is dangerous can be done for five minutes',
  permission: 'signed_in',
  body: Proof,
  answersOnce: true,
  refusals: ['factor_wrong', 'password_wrong'],
  handle: async ({ body, actor, client, identity: { accountId } }, services) => {
    const method =
      'password' in body
        ? await provePassword(services, accountId, body.password)
        : await proveFactor(services, { accountId, askedBy: sessionHash(client) }, body);
    await sessionStore(services.db).provenAgain({ by: refOf(actor), id: actor.sessionId, method });
  },
});
