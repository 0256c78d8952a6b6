import { system } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { accountStore } from '../../db/stores/accounts.ts';
import { recordEvents } from '../../db/transaction.ts';
import type { Client } from '../client.ts';
import { networkOf } from '../client-address.ts';
import type { Services } from '../services.ts';
import { signInByDirectory } from './directory-sign-in.ts';

type Account = NonNullable<Awaited<ReturnType<ReturnType<typeof accountStore>['findByLogin']>>>;

/**
 * The account that login and password belong to. Unknown user, wrong password and an account that is switched off get the same answer after the
 * same work. Who fails waits ever longer, at this login and from this side; an address that the account signed in from lately does not wait.
 */
export async function signIn(services: Services, given: { login: string; password: string }, client: Client): Promise<Account> {
  const { attempts, db } = services;
  const guess = { login: given.login, from: networkOf(client.address) };
  await attempts.spend('signInByAddress', guess.from);
  const account = await accountStore(db).findByLogin(given.login);
  if (!account || !(await attempts.remembers(account.id, guess.from))) await attempts.guesses.admit(guess);
  const proven = await prove(services, given, account);
  if (!proven?.active) {
    await attempts.guesses.failed(guess);
    await recordFailure(db, account, client);
    throw failure('sign_in_failed', 'Check user name and password and try again.');
  }
  await attempts.guesses.forgive(guess);
  await attempts.giveBack('signInByAddress', guess.from);
  await attempts.remember(proven.id, guess.from);
  return proven;
}

/** By the password kept here; where none is kept, by a directory. Accounts with a password of ours work while directories are away. */
async function prove(
  services: Services,
  given: { login: string; password: string },
  account: Account | undefined,
): Promise<Account | undefined> {
  const matches = await services.passwordMatches(account?.passwordHash, given.password);
  if (account && account.passwordHash !== null && account.identitySourceId === null) return matches ? account : undefined;
  return signInByDirectory(services, given, account);
}

/** What was typed as login is not kept: it may be a password. */
const recordFailure = (db: Services['db'], account: Account | undefined, { address }: Client): Promise<void> =>
  recordEvents(db, system, {
    kind: 'sign_in_failed',
    objectType: 'accounts',
    objectId: account?.id ?? 'unknown',
    detail: { address },
  });
