import { createHash } from 'node:crypto';

import { v7 as uuid } from 'uuid';

import { failure } from '../../domain/errors.ts';
import { passwordResetStore } from '../../db/stores/password-resets.ts';
import { assertGoodPassword } from '../auth/new-password.ts';
import { hashPassword } from '../auth/password.ts';
import { operation } from '../operation.ts';
import { PasswordReset } from '../schemas/account.ts';

/** A password that is refused does not use the link up. */
export const resetPassword = operation({
  method: 'post',
  path: '/password-resets/completion',
  summary: 'Set a new password with the token of the mail: once, and every session ends',
  permission: 'public',
  body: PasswordReset,
  refusals: ['link_over', 'too_many_attempts'],
  handle: async ({ body: { token, password }, client: { address } }, { db, attempts }) => {
    await attempts.spend('passwordResetByAddress', address);
    const resets = passwordResetStore(db);
    const tokenHash = createHash('sha256').update(token).digest();
    const account = await resets.find(tokenHash);
    if (!account) throw over();
    assertGoodPassword(password, account);
    if (!(await resets.complete({ tokenHash, passwordHash: await hashPassword(password), mailId: uuid() }))) throw over();
  },
});

const over = () => failure('link_over', 'Ask for a new link on the sign-in page.');
