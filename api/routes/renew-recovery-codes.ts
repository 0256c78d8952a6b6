import { secondFactorsOf } from '../../db/reads/account.ts';
import { secondFactorStore } from '../../db/stores/second-factors.ts';
import { refOf } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { mintRecoveryCodes } from '../auth/recovery-codes.ts';
import { operation } from '../operation.ts';
import { RecoveryCodes } from '../schemas/account.ts';

export const renewRecoveryCodes = operation({
  method: 'post',
  path: '/account/recovery-codes',
  summary: 'New recovery codes in place of those I have. They are in this answer and nowhere else',
  permission: 'signed_in',
  stepUp: true,
  response: RecoveryCodes,
  answersOnce: true,
  handle: async ({ actor, identity: { accountId } }, { db }) => {
    if ((await secondFactorsOf(db, accountId)).length === 0)
      throw failure('wrong_state', 'Recovery codes stand in for a second factor. Set one up first.');
    const { codes, kept } = mintRecoveryCodes();
    await secondFactorStore(db).replaceRecoveryCodes({ by: refOf(actor), accountId, codes: kept });
    return { codes };
  },
});
