import { accountStore } from '../../db/stores/accounts.ts';
import { secondFactorsOf } from '../../db/reads/account.ts';
import { secondFactorStore } from '../../db/stores/second-factors.ts';
import { recordEvents } from '../../db/transaction.ts';
import { system } from '../../domain/actor.ts';
import type { AuthenticationMethod } from '../../domain/authentication.ts';
import { failure } from '../../domain/errors.ts';
import type { Services } from '../services.ts';
import { passwordMatches } from './password.ts';
import { hashOfRecoveryCode } from './recovery-codes.ts';
import { totpMatches } from './totp.ts';

/** What somebody shows: a code of their app, or one of their recovery codes. */
export interface GivenFactor {
  code: string;
}

/**
 * How the second factor was proven; each failure is audited and throws `factor_wrong`. An account takes five tries in a quarter of an hour: whoever
 * guesses here has the password already, so only they are held up.
 */
export async function proveFactor(services: Services, accountId: string, given: GivenFactor): Promise<AuthenticationMethod> {
  await services.attempts.spend('factorByAccount', accountId);
  if (await codeMatches(services, accountId, given.code)) {
    await services.attempts.forgive('factorByAccount', accountId);
    return 'otp';
  }
  await recordEvents(services.db, system, { kind: 'second_factor_failed', objectType: 'accounts', objectId: accountId });
  throw failure('factor_wrong', 'Type the code that your app shows now, or a recovery code that you have not used yet.', [
    { pointer: '/code', message: 'Not the code of now' },
  ]);
}

const codeMatches = (services: Services, accountId: string, code: string): Promise<boolean> =>
  /^\d{6}$/.test(code)
    ? totpMatches(services, { accountId, code, confirmed: true })
    : secondFactorStore(services.db).useRecoveryCode({ by: system, accountId, hash: hashOfRecoveryCode(code) });

/** Proves by the password, for whoever has nothing stronger; throws `password_wrong`. */
export async function provePassword({ db, attempts }: Services, accountId: string, password: string): Promise<AuthenticationMethod> {
  await attempts.spend('proofByAccount', accountId);
  const [account, factors] = await Promise.all([accountStore(db).get(accountId), secondFactorsOf(db, accountId)]);
  if (factors.length > 0 || !(await passwordMatches(account.passwordHash, password)))
    throw failure('password_wrong', 'The password you have now is another one. Type it again.', [
      { pointer: '/password', message: 'Not the password you have now' },
    ]);
  await attempts.forgive('proofByAccount', accountId);
  return 'pwd';
}
