import type { z } from 'zod';

import { accountStore } from '../../db/stores/accounts.ts';
import { secondFactorsOf } from '../../db/reads/account.ts';
import { secondFactorStore } from '../../db/stores/second-factors.ts';
import { recordEvents } from '../../db/transaction.ts';
import { system } from '../../domain/actor.ts';
import type { AuthenticationMethod } from '../../domain/authentication.ts';
import { failure } from '../../domain/errors.ts';
import type { GivenFactor as FactorSchema } from '../schemas/account.ts';
import type { Services } from '../services.ts';
import { passkeyProves } from './passkeys.ts';
import { hashOfRecoveryCode } from './recovery-codes.ts';
import { totpMatches } from './totp.ts';

/** What somebody shows: a code of their app, one of their recovery codes, or what their passkey signed. */
export type GivenFactor = z.output<typeof FactorSchema>;

/**
 * How the second factor was proven; each failure is audited and throws `factor_wrong`. An account takes five tries in a quarter of an hour: whoever
 * guesses here has the password already, so only they are held up.
 */
export async function proveFactor(
  services: Services,
  of: { accountId: string; askedBy: Buffer },
  given: GivenFactor,
): Promise<AuthenticationMethod> {
  const { accountId } = of;
  await services.attempts.spend('factorByAccount', accountId);
  const method =
    'passkey' in given
      ? await passkeyProves(services, { ...of, response: given.passkey })
      : (await codeMatches(services, accountId, given.code)) && 'otp';
  if (method) {
    await services.attempts.forgive('factorByAccount', accountId);
    return method;
  }
  await recordEvents(services.db, system, { kind: 'second_factor_failed', objectType: 'accounts', objectId: accountId });
  throw 'passkey' in given
    ? failure('factor_wrong', 'The passkey was not accepted. Try again, or use another means.')
    : failure('factor_wrong', 'Type the code that your app shows now, or a recovery code that you have not used yet.', [
        { pointer: '/code', message: 'Not the code of now' },
      ]);
}

const codeMatches = (services: Services, accountId: string, code: string): Promise<boolean> =>
  /^\d{6}$/.test(code)
    ? totpMatches(services, { accountId, code, confirmed: true })
    : secondFactorStore(services.db).useRecoveryCode({ by: system, accountId, hash: hashOfRecoveryCode(code) });

/** Proves by the password, for whoever has nothing stronger; throws `password_wrong`. */
export async function provePassword(
  { db, attempts, passwordMatches }: Services,
  accountId: string,
  password: string,
): Promise<AuthenticationMethod> {
  await attempts.spend('proofByAccount', accountId);
  const [account, factors] = await Promise.all([accountStore(db).get(accountId), secondFactorsOf(db, accountId)]);
  if (factors.length > 0 || !(await passwordMatches(account.passwordHash, password)))
    throw failure('password_wrong', 'The password you have now is another one. Type it again.', [
      { pointer: '/password', message: 'Not the password you have now' },
    ]);
  await attempts.forgive('proofByAccount', accountId);
  return 'pwd';
}
