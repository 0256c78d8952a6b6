import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { transaction } from '../transaction.ts';

export interface NewApiKey {
  id: string;
  prefix: string;
  /** SHA-256 of the whole key. */
  hash: Buffer;
  operatorId: string;
  unitId: string;
  name: string;
  permissions: readonly string[];
  networks: readonly string[];
  expiresAt: string;
}

/** Keys that applications sign in with. */
export const apiKeyStore = (knex: Knex) => ({
  create: ({ by, key }: { by: ActorRef; key: NewApiKey }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      await trx('api_keys').insert({ ...key, permissions: [...key.permissions], networks: [...key.networks] });
    }),

  /** Ends a key for ever; one that has ended already stays as it is. */
  revoke: ({ by, id }: { by: ActorRef; id: string }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      await trx('api_keys').where({ id }).whereNull('revoked_at').update({ revokedAt: trx.fn.now() });
    }),

  /** Remembers when and from where the key was used; writes at most once a minute. */
  async noteUse({ id, address }: { id: string; address: string }): Promise<void> {
    await knex.raw(
      `insert into api_key_uses as u (key_id, at, address) values (:id, now(), :address)
       on conflict (key_id) do update set at = now(), address = excluded.address where u.at < now() - interval '1 minute'`,
      { id, address },
    );
  },
});
