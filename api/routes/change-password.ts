import { v7 as uuid } from 'uuid';

import { refOf } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { accountStore } from '../../db/stores/accounts.ts';
import { assertGoodPassword } from '../auth/new-password.ts';
import { hashPassword } from '../auth/password.ts';
import { operation } from '../operation.ts';
import { PasswordChange } from '../schemas/account.ts';

export const changePassword = operation({
  method: 'post',
  path: '/account/password',
  summary: 'Change my password: needs the one I have, and ends my other sessions',
  permission: 'signed_in',
  body: PasswordChange,
  answersOnce: true,
  refusals: ['password_wrong'],
  handle: async ({ body, actor, identity: { accountId } }, { db, attempts, passwordMatches }) => {
    await attempts.spend('proofByAccount', accountId);
    const account = await accountStore(db).get(accountId);
    if (!(await passwordMatches(account.passwordHash, body.current)))
      throw failure('password_wrong', 'The password you have now is another one. Type it again.', [
        { pointer: '/current', message: 'Not the password you have now' },
      ]);
    assertGoodPassword(body.password, { login: account.login, names: actor.name });
    await attempts.forgive('proofByAccount', accountId);
    const change = { accountId, passwordHash: await hashPassword(body.password), mailId: uuid(), keepSession: actor.sessionId };
    await accountStore(db).setPassword({ by: refOf(actor), ...change });
  },
});
