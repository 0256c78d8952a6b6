import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { recordEvent, transaction } from '../transaction.ts';
import { forgetLoneRecoveryCodes } from './second-factors.ts';

export interface Passkey {
  id: string;
  accountId: string;
  credentialId: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  synced: boolean;
  name: string;
}

interface Of {
  by: ActorRef;
  accountId: string;
}

/** Passkeys of accounts, and the challenges that authenticators are to sign. */
export const passkeyStore = (knex: Knex) => ({
  /** `duplicate` when the authenticator's key is here already. */
  add: ({ by, ...passkey }: Passkey & { by: ActorRef }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      const { rowCount } = (await trx('passkeys').insert(passkey).onConflict('credentialId').ignore()) as unknown as { rowCount: number };
      if (rowCount === 0) throw failure('duplicate', 'This passkey is here already. Use another device or security key.');
      await recordEvent(trx, changed('second_factor_added', passkey.accountId));
    }),

  of: async (accountId: string): Promise<Passkey[]> =>
    ((await knex('passkeys').where({ accountId }).orderBy('createdAt')) as Passkey[]).map((row) => ({
      ...row,
      counter: Number(row.counter),
    })),

  /** Notes a use; false when the counter of the authenticator did not move on, as of a copy. */
  async use({ id, counter }: { id: string; counter: number }): Promise<boolean> {
    const moved = knex('passkeys').where({ id }).whereRaw('(counter < ? or (counter = 0 and ? = 0))', [counter, counter]);
    return (await moved.update({ counter, lastUsedAt: knex.fn.now() })) === 1;
  },

  /** `not_found` when it is none of the account's. */
  remove: ({ by, accountId, id }: Of & { id: string }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      if ((await trx('passkeys').where({ id, accountId }).delete()) === 0)
        throw failure('not_found', 'This passkey is gone already. Reload the page.');
      await forgetLoneRecoveryCodes(trx, accountId);
      await recordEvent(trx, changed('second_factor_removed', accountId));
    }),

  /** Keeps what is to be signed for five minutes; what was to be signed before is worth nothing any more. Old ones go at the same time. */
  async challenge({ askedBy, challenge }: { askedBy: Buffer; challenge: string }): Promise<void> {
    await knex('passkey_challenges').where('expiresAt', '<', knex.fn.now()).delete();
    const expiresAt = knex.raw(`now() + interval '5 minutes'`);
    await knex('passkey_challenges').insert({ askedBy, challenge, expiresAt }).onConflict('askedBy').merge();
  },

  /** What was to be signed, once. */
  async takeChallenge(askedBy: Buffer): Promise<string | undefined> {
    const [row] = await knex('passkey_challenges')
      .where({ askedBy })
      .where('expiresAt', '>', knex.fn.now())
      .delete()
      .returning<{ challenge: string }[]>('challenge');
    return row?.challenge;
  },
});

const changed = (kind: string, accountId: string) => ({ kind, objectType: 'accounts', objectId: accountId, detail: { factor: 'passkey' } });
