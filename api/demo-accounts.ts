import type { Knex } from 'knex';

import { accountStore } from '../db/stores/accounts.ts';
import { failure } from '../domain/errors.ts';
import { passwordMatches } from './auth/password.ts';
import { demoSignIns } from './demo-sign-ins.ts';

/** Throws when somebody could sign in with the password of the demonstration, which everybody knows. */
export async function refuseDemoAccounts(db: Knex): Promise<void> {
  for (const { login, password } of demoSignIns) {
    const account = await accountStore(db).findByLogin(login);
    if (account && (await passwordMatches(account.passwordHash, password)))
      throw failure(
        'policy_violation',
        `The database holds the demonstration account ${login} with its public password. Give production a database of its own.`,
      );
  }
}
