import { secondFactorStore } from '../../db/stores/second-factors.ts';
import { sessionStore } from '../../db/stores/sessions.ts';
import { refOf } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { firstRecoveryCodes } from '../auth/recovery-codes.ts';
import { totpMatches } from '../auth/totp.ts';
import { operation } from '../operation.ts';
import { GivenCode, RecoveryCodes } from '../schemas/account.ts';

export const confirmTotp = operation({
  method: 'post',
  path: '/account/totp/confirmation',
  summary: 'Show a code of the app that was set up: from now on one is asked for. Answers recovery codes, once, where there are none yet',
  permission: 'signed_in',
  body: GivenCode,
  response: RecoveryCodes,
  answersOnce: true,
  refusals: ['factor_wrong'],
  handle: async ({ body: { code }, actor, identity: { accountId } }, services) => {
    await services.attempts.spend('factorByAccount', accountId);
    if (!(await totpMatches(services, { accountId, code, confirmed: false })))
      throw failure('factor_wrong', 'Type the code that your app shows now. If it is refused again, set the clock of your phone.', [
        { pointer: '/code', message: 'Not the code of now' },
      ]);
    await services.attempts.forgive('factorByAccount', accountId);
    const by = refOf(actor);
    await secondFactorStore(services.db).confirmTotp({ by, accountId });
    await sessionStore(services.db).provenAgain({ by, id: actor.sessionId, method: 'otp' });
    return { codes: await firstRecoveryCodes(services.db, { by, accountId }) };
  },
});
