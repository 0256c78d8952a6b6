import { system } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { accountStore } from '../../db/stores/accounts.ts';
import { recordEvents } from '../../db/transaction.ts';
import type { Client } from '../client.ts';
import type { Services } from '../services.ts';
import { tooMany } from './attempts.ts';
import { signInByDirectory } from './directory-sign-in.ts';
import { passwordMatches } from './password.ts';

type Account = NonNullable<Awaited<ReturnType<ReturnType<typeof accountStore>['findByLogin']>>>;

/**
 * The account that login and password belong to. Unknown user, wrong password and an account that is switched off get the same answer after the
 * same work. Failures delay the account ever longer, but never lock it, and not for addresses it signed in from lately.
 */
export async function signIn(services: Services, given: { login: string; password: string }, client: Client): Promise<Account> {
  const { attempts, db } = services;
  await attempts.spend('signInByAddress', client.address);
  const account = await accountStore(db).findByLogin(given.login);
  await assertNoDelay(services, { login: given.login, account, client });
  const proven = await prove(services, given, account);
  if (!proven?.active) {
    await recordFailure(services, { login: given.login, account, client });
    throw failure('sign_in_failed', 'Check user name and password and try again.');
  }
  await attempts.giveBack('signInByAddress', client.address);
  await attempts.remember(proven.id, client.address);
  return proven;
}

/** By the password kept here; where none is kept, by a directory. Accounts with a password of ours work while directories are away. */
async function prove(
  services: Services,
  given: { login: string; password: string },
  account: Account | undefined,
): Promise<Account | undefined> {
  const matches = await passwordMatches(account?.passwordHash, given.password);
  if (account && account.passwordHash !== null && account.identitySourceId === null) return matches ? account : undefined;
  return signInByDirectory(services, given, account);
}

interface Attempt {
  login: string;
  account: Account | undefined;
  client: Client;
}

async function assertNoDelay({ attempts }: Services, { login, account, client }: Attempt): Promise<void> {
  if (account && (await attempts.remembers(account.id, client.address))) return;
  const until = account ? account.nextAttemptAt : await attempts.unknownLoginWait(login);
  const seconds = until ? (until.getTime() - Date.now()) / 1000 : 0;
  if (seconds > 0) throw tooMany(seconds);
}

/** Both writes at once: a known account must not take visibly longer than an unknown one. What was typed as login is not kept: it may be a password. */
async function recordFailure({ attempts, db }: Services, { login, account, client }: Attempt): Promise<void> {
  await Promise.all([
    account ? accountStore(db).signInFailed({ accountId: account.id }) : attempts.unknownLoginFailed(login),
    recordEvents(db, system, {
      kind: 'sign_in_failed',
      objectType: 'accounts',
      objectId: account?.id ?? 'unknown',
      detail: { address: client.address },
    }),
  ]);
}
