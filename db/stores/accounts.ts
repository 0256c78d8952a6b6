import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { operatorInForce } from '../reads/actor.ts';
import { Account } from '../models/account.ts';
import { Session } from '../models/session.ts';
import { transaction } from '../transaction.ts';
import { found } from './rows.ts';

export interface NewAccount {
  by: ActorRef;
  id: string;
  login: string;
  passwordHash: string;
  operatorId?: string;
  holderId?: string;
}

export interface PasswordChange {
  accountId: string;
  passwordHash: string;
  /** Id of the mail that tells of it. */
  mailId: string;
  /** The session that goes on; absent: none. */
  keepSession?: string;
}

/** An account as sign-in needs it; `active` is false when its operator is switched off or out of date. */
export type SignInAccount = Pick<Account, 'id' | 'login' | 'passwordHash' | 'operatorId' | 'holderId' | 'identitySourceId'> & {
  active: boolean;
};

/** Accounts: what a person proves who they are with. */
export const accountStore = (knex: Knex) => ({
  /** `duplicate` when the login, the operator or the holder has another account. */
  create: ({ by, ...account }: NewAccount): Promise<{ id: string }> =>
    transaction(knex, by, async (trx) => {
      await Account.query(trx).insert(account).onConflict().ignore();
      if (await Account.query(trx).findById(account.id)) return { id: account.id };
      throw failure('duplicate', 'This person or this login has an account already.');
    }),

  setPassword: ({ by, ...change }: PasswordChange & { by: ActorRef }): Promise<void> =>
    transaction(knex, by, (trx) => replacePassword(trx, change)),

  get: async (id: string): Promise<Account> => found(await Account.query(knex).findById(id), 'account'),

  findByLogin: (login: string): Promise<SignInAccount | undefined> => findAccount(knex, { login }),

  findById: (id: string): Promise<SignInAccount | undefined> => findAccount(knex, { id }),

  findByHolder: (holderId: string): Promise<SignInAccount | undefined> => findAccount(knex, { holderId }),

  findByOperatorTaxCode: (taxCode: string): Promise<SignInAccount[]> => accountsBy(knex, { 'operators.taxCode': taxCode }),

  /** Who holds the card with this very certificate, while card and certificate are active. */
  async holderOfActiveCertificate({ der, spkiSha256 }: { der: Buffer; spkiSha256: Buffer }): Promise<string | undefined> {
    const device = await knex('certificates as c')
      .join('devices as d', 'd.id', 'c.device_id')
      .where({ 'c.spki_sha256': spkiSha256, 'c.der': der, 'c.state': 'active', 'd.state': 'active' })
      .first<{ holderId: string | null } | undefined>('d.holder_id');
    return device?.holderId ?? undefined;
  },
});

/** Sets the password, ends the sessions that the old one opened, and tells the person: a mail about a change that was not theirs is how they learn of it. */
export async function replacePassword(
  trx: Knex.Transaction,
  { accountId, passwordHash, mailId, keepSession }: PasswordChange,
): Promise<void> {
  const passwordChangedAt = trx.fn.now() as unknown as Date;
  await Account.query(trx).findById(accountId).patch({ passwordHash, passwordChangedAt });
  await Session.query(trx)
    .delete()
    .where({ accountId })
    .whereNot('id', keepSession ?? accountId);
  await trx.raw(
    `insert into mail_outbox (id, event_key, template, locale, account_id)
     select ?, 'password-changed/' || ?, 'password-changed', coalesce(o.locale, h.locale), a.id
     from accounts a left join operators o on o.id = a.operator_id left join holders h on h.id = a.holder_id where a.id = ?`,
    [mailId, mailId, accountId],
  );
}

const findAccount = async (knex: Knex, where: { id?: string; login?: string; holderId?: string }): Promise<SignInAccount | undefined> =>
  (await accountsBy(knex, Object.fromEntries(Object.entries(where).map(([column, value]) => [`a.${column}`, value]))))[0];

const accountsBy = (knex: Knex, where: Record<string, string>): Promise<SignInAccount[]> =>
  knex('accounts as a')
    .leftJoin('operators', 'operators.id', 'a.operator_id')
    .where(where)
    .select<SignInAccount[]>(
      ...['a.id', 'a.login', 'a.password_hash', 'a.operator_id', 'a.holder_id', 'a.identity_source_id'],
      knex.raw(`(operators.id is null or ${operatorInForce}) as active`),
    );
