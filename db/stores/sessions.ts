import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { ActorRef } from '../../domain/actor.ts';
import type { AuthenticationMethod } from '../../domain/authentication.ts';
import { Session } from '../models/session.ts';
import { recordEvent, transaction } from '../transaction.ts';

export interface NewSession {
  accountId: string;
  id: string;
  /** SHA-256 of the cookie's value. */
  idHash: Buffer;
  /** By the clock of the database, which also ends it. */
  lifetimeHours: number;
  remoteAddress: string;
  userAgent: string;
  methods: readonly AuthenticationMethod[];
}

export type SessionStore = ReturnType<typeof sessionStore>;

/** Sessions of who is signed in. */
export const sessionStore = (knex: Knex) => ({
  /** Somebody proved who they are: a session begins. */
  open: ({ lifetimeHours, methods, ...session }: NewSession): Promise<void> =>
    knex.transaction(async (trx) => {
      await actAsAccount(trx, session.accountId);
      const expiresAt = trx.raw('now() + make_interval(hours => ?)', [lifetimeHours]);
      const [row] = await trx('sessions')
        .insert({ ...session, methods: [...methods], expiresAt })
        .onConflict('idHash')
        .ignore()
        .returning<{ id: string }[]>('id');
      if (row) await recordEvent(trx, { kind: 'sign_in', objectType: 'accounts', objectId: session.accountId, detail: { methods } });
    }),

  /** Remembers that the session is in use; writes at most once a minute. */
  async touch({ idHash }: { idHash: Buffer }): Promise<void> {
    await knex('sessions').where({ idHash }).whereRaw(`last_seen_at < now() - interval '1 minute'`).update({ lastSeenAt: knex.fn.now() });
  },

  /** The person proved again who they are, in the middle of the session. */
  provenAgain: ({ by, id, method }: { by: ActorRef; id: string; method: AuthenticationMethod }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      const methods = trx.raw('(select array_agg(distinct m) from unnest(methods || ?::text) m)', [method]);
      const [session] = await trx('sessions')
        .where({ id })
        .update({ methods, authenticatedAt: trx.fn.now() })
        .returning<{ accountId: string }[]>('accountId');
      if (session)
        await recordEvent(trx, { kind: 'proven_again', objectType: 'accounts', objectId: session.accountId, detail: { method } });
    }),

  close: ({ idHash }: { idHash: Buffer }): Promise<void> =>
    knex.transaction(async (trx) => {
      const session = await Session.query(trx).findById(idHash);
      if (!session) return;
      await actAsAccount(trx, session.accountId);
      await Session.query(trx).deleteById(idHash);
      await recordEvent(trx, { kind: 'sign_out', objectType: 'accounts', objectId: session.accountId });
    }),

  /** Ends a session that somebody chose from a list; one that has ended is no trouble. */
  end: ({ by, id }: { by: ActorRef; id: string }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      const session = await Session.query(trx).findOne({ id });
      if (!session) return;
      await Session.query(trx).delete().where({ id });
      await recordEvent(trx, { kind: 'session_ended', objectType: 'accounts', objectId: session.accountId });
    }),

  purgeExpired: (): Promise<number> =>
    transaction(knex, system, async (trx) => Session.query(trx).delete().where('expiresAt', '<', trx.fn.now())),
});

/** Signing in and out is the act of the account's own person. */
export const actAsAccount = (trx: Knex.Transaction, accountId: string) =>
  trx.raw(
    `select set_config('smartcms.actor', json_build_object('kind', case when operator_id is null then 'holder' else 'operator' end,
       'id', coalesce(operator_id, holder_id))::text, true) from accounts where id = ?`,
    [accountId],
  );
