import type { Knex } from 'knex';

import type { AuthenticationMethod } from '../../domain/authentication.ts';

export interface PendingSignIn {
  accountId: string;
  methods: AuthenticationMethod[];
}

/** Sign-ins that wait for the second factor. */
export const pendingSignInStore = (knex: Knex) => ({
  /** Those that are over go at the same time. */
  async begin({
    idHash,
    accountId,
    methods,
    minutes,
  }: {
    idHash: Buffer;
    accountId: string;
    methods: readonly string[];
    minutes: number;
  }): Promise<void> {
    await knex('pending_sign_ins').where('expiresAt', '<', knex.fn.now()).delete();
    const expiresAt = knex.raw('now() + make_interval(mins => ?)', [minutes]);
    await knex('pending_sign_ins').insert({ idHash, accountId, methods: [...methods], expiresAt });
  },

  find: async (idHash: Buffer): Promise<PendingSignIn | undefined> =>
    (await knex('pending_sign_ins').where({ idHash }).where('expiresAt', '>', knex.fn.now()).first('accountId', 'methods')) as
      PendingSignIn | undefined,

  /** Counts a wrong answer; after so many the password must be typed again. */
  async failed({ idHash, allowed }: { idHash: Buffer; allowed: number }): Promise<void> {
    await knex('pending_sign_ins').where({ idHash }).increment('failures', 1);
    await knex('pending_sign_ins').where({ idHash }).where('failures', '>=', allowed).delete();
  },

  /** False when it was used meanwhile. */
  async end(idHash: Buffer): Promise<boolean> {
    return (await knex('pending_sign_ins').where({ idHash }).delete()) === 1;
  },
});
