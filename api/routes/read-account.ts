import { describeAccount } from '../../db/reads/account.ts';
import { operation } from '../operation.ts';
import { Account } from '../schemas/account.ts';

export const readAccount = operation({
  method: 'get',
  path: '/account',
  summary: 'How I sign in',
  permission: 'signed_in',
  response: Account,
  handle: ({ identity: { accountId } }, { db }) => describeAccount(db, accountId),
});
