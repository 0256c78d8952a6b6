import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import { recordEvent, transaction } from '../transaction.ts';
import { replacePassword } from './accounts.ts';
import { actAsAccount } from './sessions.ts';

/** An account whose password may be set by whoever holds the token. */
export interface ResetAccount {
  accountId: string;
  login: string;
  /** Names of the person. */
  names: string;
}

/** New passwords by a link in a mail. */
export const passwordResetStore = (knex: Knex) => ({
  /**
   * Queues the mail with the link; of an account one in five minutes, so nobody floods a mailbox. The statements are the same for a login that nobody
   * has, which gets no mail.
   */
  ask: ({ mailId, login, address }: { mailId: string; login: string; address: string }): Promise<void> =>
    transaction(knex, system, async (trx) => {
      const { rows } = await trx.raw<{ rows: { accountId: string }[] }>(
        `with known as (select id, operator_id, holder_id from accounts where login = :login and identity_source_id is null),
           queued as (
             insert into mail_outbox (id, event_key, template, locale, account_id)
             select :mailId, 'password-reset/' || k.id || '/' || floor(extract(epoch from now()) / 300), 'password-reset', coalesce(o.locale, h.locale), k.id
             from known k left join operators o on o.id = k.operator_id left join holders h on h.id = k.holder_id
             where o.id is null or o.active
             on conflict (event_key) do nothing)
         select id as "accountId" from known`,
        { mailId, login },
      );
      const objectId = rows[0]?.accountId ?? 'unknown';
      await recordEvent(trx, { kind: 'password_reset_asked', objectType: 'accounts', objectId, detail: { address } });
    }),

  /** Keeps the hash of a token that goes out now. */
  issue: (reset: { id: string; accountId: string; tokenHash: Buffer; minutes: number }): Promise<void> =>
    transaction(knex, system, async (trx) => {
      const { minutes, ...row } = reset;
      await trx('password_resets').insert({ ...row, expiresAt: trx.raw('now() + make_interval(mins => ?)', [minutes]) });
    }),

  /** Whose password the token sets, if it is good for anything now. */
  find: (tokenHash: Buffer): Promise<ResetAccount | undefined> => good(knex, tokenHash),

  /** Sets the password and ends every session; false when the token was used meanwhile. All other tokens of the account are worth nothing from now on. */
  complete: ({ tokenHash, passwordHash, mailId }: { tokenHash: Buffer; passwordHash: string; mailId: string }): Promise<boolean> =>
    knex.transaction(async (trx) => {
      const account = await good(trx, tokenHash, 'for update of password_resets');
      if (!account) return false;
      const { accountId } = account;
      await actAsAccount(trx, accountId);
      await replacePassword(trx, { accountId, passwordHash, mailId });
      await trx('password_resets').where({ accountId }).whereNull('usedAt').update('usedAt', trx.fn.now());
      await recordEvent(trx, { kind: 'password_reset', objectType: 'accounts', objectId: accountId });
      return true;
    }),
});

const good = async (knex: Knex, tokenHash: Buffer, lock = ''): Promise<ResetAccount | undefined> => {
  const { rows } = await knex.raw<{ rows: ResetAccount[] }>(
    `select a.id as "accountId", a.login, concat_ws(' ', o.given_name, o.family_name, h.given_name, h.family_name) as names
     from password_resets join accounts a on a.id = account_id left join operators o on o.id = a.operator_id left join holders h on h.id = a.holder_id
     where token_hash = ? and used_at is null and expires_at > now() ${lock}`,
    [tokenHash],
  );
  return rows[0];
};
