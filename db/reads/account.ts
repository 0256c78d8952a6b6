import type { Knex } from 'knex';

import type { ProofWay, SecondFactor } from '../../domain/authentication.ts';

interface AccountRow {
  login: string;
  hasPassword: boolean;
  passwordChangedAt: Date;
  totpSince: Date | null;
  recoveryCodes: number;
  passkeys: { id: string; name: string; synced: boolean; createdAt: string; lastUsedAt: string | null }[];
}

/** How somebody signs in: what they manage on their own page. */
export const describeAccount = async (knex: Knex, accountId: string): Promise<AccountRow> =>
  (await knex('accounts')
    .leftJoin('totp_factors', (on) => void on.on('totp_factors.account_id', 'accounts.id').andOnNotNull('totp_factors.confirmed_at'))
    .where('accounts.id', accountId)
    .first({
      login: 'accounts.login',
      hasPassword: knex.raw('password_hash is not null'),
      passwordChangedAt: 'password_changed_at',
      totpSince: 'totp_factors.confirmed_at',
      passkeys: knex.raw(
        `(select coalesce(json_agg(json_build_object('id', p.id, 'name', p.name, 'synced', p.synced, 'createdAt', p.created_at, 'lastUsedAt', p.last_used_at)
            order by p.created_at), '[]') from passkeys p where p.account_id = accounts.id)`,
      ),
      recoveryCodes: knex.raw('(select count(*)::int from recovery_codes where account_id = accounts.id and used_at is null)'),
    })) as AccountRow;

/** The second factors that the account can be proven with now; recovery codes are only there beside another. */
export async function secondFactorsOf(knex: Knex, accountId: string): Promise<SecondFactor[]> {
  const { totpSince, passkeys, recoveryCodes } = await describeAccount(knex, accountId);
  const factors: SecondFactor[] = [...(passkeys.length > 0 ? (['passkey'] as const) : []), ...(totpSince ? (['otp'] as const) : [])];
  return factors.length > 0 && recoveryCodes > 0 ? [...factors, 'recovery'] : factors;
}

/** How somebody proves again who they are: by a second factor, where they have one, else by the password. */
export async function proofWaysOf(knex: Knex, accountId: string): Promise<ProofWay[]> {
  const factors = await secondFactorsOf(knex, accountId);
  if (factors.length > 0) return factors;
  return (await describeAccount(knex, accountId)).hasPassword ? ['password'] : [];
}
