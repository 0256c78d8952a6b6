import type { Knex } from 'knex';

import type { Actor, ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { recordEvent, transaction } from '../transaction.ts';
import { administer } from './administered.ts';

/** The seed of somebody's one-time codes; whoever calls has encrypted it. */
export interface TotpFactor {
  id: string;
  ciphertext: Buffer;
  keyId: string;
  confirmedAt: Date | null;
}

export interface NewRecoveryCode {
  id: string;
  hash: Buffer;
}

interface Of {
  by: ActorRef;
  accountId: string;
}

/** What an account is proven with beside its password. */
export const secondFactorStore = (knex: Knex) => ({
  /** Keeps a seed of which no code was shown yet, in place of another such one. `wrong_state` when one is in use already. */
  enrolTotp: ({ by, accountId, ...factor }: Of & Omit<TotpFactor, 'confirmedAt'>): Promise<void> =>
    transaction(knex, by, async (trx) => {
      await trx('totp_factors').where({ accountId }).whereNull('confirmedAt').delete();
      const added = await trx('totp_factors')
        .insert({ accountId, ...factor })
        .onConflict('accountId')
        .ignore();
      if ((added as unknown as { rowCount: number }).rowCount === 0)
        throw failure('wrong_state', 'An authenticator app is set up already. Remove it before you set up another.');
    }),

  totp: async (accountId: string): Promise<TotpFactor | undefined> =>
    (await knex('totp_factors').where({ accountId }).first('id', 'ciphertext', 'keyId', 'confirmedAt')) as TotpFactor | undefined,

  /** Uses a code up, by its time step; false when it, or a later one, was used before. */
  async useStep({ accountId, step }: { accountId: string; step: number }): Promise<boolean> {
    return (await knex('totp_factors').where({ accountId }).where('lastStep', '<', step).update({ lastStep: step })) === 1;
  },

  /** A code was shown: from now on it is asked for. */
  confirmTotp: ({ by, accountId }: Of): Promise<void> =>
    transaction(knex, by, async (trx) => {
      await trx('totp_factors').where({ accountId }).update('confirmedAt', trx.fn.now());
      await recordEvent(trx, { kind: 'second_factor_added', objectType: 'accounts', objectId: accountId, detail: { factor: 'otp' } });
    }),

  removeTotp: ({ by, accountId }: Of): Promise<void> =>
    transaction(knex, by, async (trx) => {
      if ((await trx('totp_factors').where({ accountId }).delete()) === 0) return;
      await forgetLoneRecoveryCodes(trx, accountId);
      await recordEvent(trx, { kind: 'second_factor_removed', objectType: 'accounts', objectId: accountId, detail: { factor: 'otp' } });
    }),

  /** New recovery codes in place of all others. */
  replaceRecoveryCodes: ({ by, accountId, codes }: Of & { codes: NewRecoveryCode[] }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      await trx('recovery_codes').where({ accountId }).delete();
      await trx('recovery_codes').insert(codes.map((code) => ({ ...code, accountId })));
    }),

  /** Uses a recovery code up; false when it is none of the account's, or was used. */
  useRecoveryCode: ({ by, accountId, hash }: Of & { hash: Buffer }): Promise<boolean> =>
    transaction(knex, by, async (trx) => {
      const used = await trx('recovery_codes').where({ accountId, hash }).whereNull('usedAt').update('usedAt', trx.fn.now());
      if (used === 1) await recordEvent(trx, { kind: 'recovery_code_used', objectType: 'accounts', objectId: accountId });
      return used === 1;
    }),

  /** For an operator who lost their means: takes all of them away and ends their sessions; never of oneself, nor of who holds more. */
  reset: ({ by, operatorId }: { by: Actor; operatorId: string }): Promise<void> =>
    administer(knex, { by, operatorId }, async (trx) => {
      const [accountId] = await trx('accounts').where({ operatorId }).pluck<string[]>('id');
      if (accountId === undefined) return;
      for (const table of ['totp_factors', 'passkeys', 'recovery_codes', 'sessions']) await trx(table).where({ accountId }).delete();
      await recordEvent(trx, { kind: 'second_factors_reset', objectType: 'accounts', objectId: accountId });
    }),
});

/** Recovery codes stand in for a second factor: they go with the last one. */
export async function forgetLoneRecoveryCodes(trx: Knex.Transaction, accountId: string): Promise<void> {
  await trx('recovery_codes')
    .where({ accountId })
    .whereNotExists(trx('totp_factors').where({ accountId }))
    .whereNotExists(trx('passkeys').where({ accountId }))
    .delete();
}
