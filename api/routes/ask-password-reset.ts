import { v7 as uuid } from 'uuid';

import { passwordResetStore } from '../../db/stores/password-resets.ts';
import { operation } from '../operation.ts';
import { PasswordResetRequest } from '../schemas/account.ts';

/** Whether somebody has this login is not told: the answer and the work are the same. */
export const askPasswordReset = operation({
  method: 'post',
  path: '/password-resets',
  summary: 'Ask for a mail with a link that sets a new password',
  permission: 'public',
  body: PasswordResetRequest,
  refusals: ['too_many_attempts'],
  handle: async ({ body: { login }, client: { address } }, { db, attempts }) => {
    await attempts.spend('passwordResetByAddress', address);
    await passwordResetStore(db).ask({ mailId: uuid(), login, address });
  },
});
