import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';

import { refOf, type Actor } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import type { OperatorData } from '../../domain/operator.ts';
import { recordEvent, transaction } from '../transaction.ts';
import { administer, type Administered } from './administered.ts';
import { assertGrantable, insertAssignment, type NewAssignment } from './assignments.ts';
import { isDuplicate } from './rows.ts';

export interface NewOperator {
  by: Actor;
  id: string;
  accountId: string;
  data: OperatorData;
  assignments: readonly NewAssignment[];
}

interface Change {
  by: Actor;
  id: string;
}

/** People who act for the organisation. Each change is made under the rules of `administer`. */
export const operatorStore = (knex: Knex) => ({
  /** With their first assignments, and an account whose login is the e-mail address; it has no password yet. `duplicate` when the address is taken. */
  create: ({ by, id, accountId, data, assignments }: NewOperator): Promise<void> =>
    transaction(knex, refOf(by), async (trx) => {
      for (const assignment of assignments) await assertGrantable(trx, by, assignment);
      if (await trx('operators').where({ id, email: data.email }).first('id')) return; // the same call sent again
      await orTaken(trx('operators').insert({ id, ...data }));
      await orTaken(trx('accounts').insert({ id: accountId, login: data.email, operatorId: id }));
      for (const assignment of assignments) await insertAssignment(trx, by, { operatorId: id, ...assignment });
    }),

  /** `version_conflict` when somebody else changed it since; the same edit sent twice is one. */
  update: ({ by, id, version, data }: Change & { version: number; data: OperatorData }): Promise<void> =>
    administer(knex, { by, operatorId: id }, async (trx, operator) => {
      assertNotRemoved(operator);
      const sentBefore = operator.version === version + 1 && isDeepStrictEqual(await personOf(trx, id), data);
      if (sentBefore) return;
      if (operator.version !== version) throw failure('version_conflict', 'Somebody else changed this operator. Reload and edit again.');
      await orTaken(trx('operators').where({ id }).update(data));
      await orTaken(trx('accounts').where({ operatorId: id }).update({ login: data.email }));
    }),

  /** Ends all that the person does, at once: sessions too. Their assignments wait for the reactivation. */
  deactivate: ({ by, id, reason }: Change & { reason: string }): Promise<void> =>
    administer(knex, { by, operatorId: id }, async (trx, operator) => {
      assertNotRemoved(operator);
      await stop(trx, id, { active: false });
      await recordEvent(trx, { kind: 'operator_deactivated', objectType: 'operators', objectId: id, detail: { reason } });
    }),

  /** Lets somebody act again. Who was removed comes back without assignments and without a password. */
  reactivate: ({ by, id }: Change): Promise<void> =>
    administer(knex, { by, operatorId: id }, async (trx) => {
      await trx('operators').where({ id }).update({ active: true, removedAt: null });
    }),

  /** For good: assignments, password, sessions and API keys end. The person stays in the books, for the audit. */
  remove: ({ by, id, reason }: Change & { reason: string }): Promise<void> =>
    administer(knex, { by, operatorId: id }, async (trx, { removedAt }) => {
      if (removedAt) return;
      await stop(trx, id, { active: false, removedAt: trx.fn.now() });
      await trx('assignments')
        .where({ operatorId: id })
        .whereRaw('(valid_until is null or valid_until > now())')
        .update({
          validUntil: trx.raw('greatest(now(), valid_from)'),
        });
      await trx('accounts').where({ operatorId: id }).update({ passwordHash: null });
      await trx('api_keys').where({ operatorId: id }).whereNull('revoked_at').update({ revokedAt: trx.fn.now() });
      await recordEvent(trx, { kind: 'operator_removed', objectType: 'operators', objectId: id, detail: { reason } });
    }),

  /** A mail by which the person chooses a password. */
  invite: ({ by, id, mailId }: Change & { mailId: string }): Promise<void> =>
    administer(knex, { by, operatorId: id }, async (trx, operator) => {
      assertNotRemoved(operator);
      await trx.raw(
        `insert into mail_outbox (id, event_key, template, locale, account_id)
         select :mailId, 'invitation/' || :mailId, 'invitation', o.locale, a.id
         from operators o join accounts a on a.operator_id = o.id where o.id = :id`,
        { mailId, id },
      );
    }),

  /** A password that the administrator hands over; whatever was open under the old one is closed. */
  setPassword: ({ by, id, passwordHash }: Change & { passwordHash: string }): Promise<void> =>
    administer(knex, { by, operatorId: id }, async (trx, operator) => {
      assertNotRemoved(operator);
      await closeSessions(trx, id);
      const fresh = { passwordHash, passwordChangedAt: trx.fn.now() };
      await trx('accounts').where({ operatorId: id }).update(fresh);
      await recordEvent(trx, { kind: 'first_password', objectType: 'operators', objectId: id });
    }),
});

async function stop(trx: Knex.Transaction, id: string, set: Record<string, unknown>): Promise<void> {
  await trx('operators').where({ id }).update(set);
  await closeSessions(trx, id);
}

const closeSessions = (trx: Knex.Transaction, id: string) =>
  trx('sessions')
    .whereIn('accountId', trx('accounts').where({ operatorId: id }).select('id'))
    .delete();

/** What is known of an operator, as it is given. */
export async function personOf(trx: Knex, id: string): Promise<OperatorData> {
  const row = (await trx('operators')
    .where({ id })
    .first('given_name', 'family_name', 'email', 'locale', 'tax_code', 'valid_from', 'valid_until')) as Omit<
    OperatorData,
    'validFrom' | 'validUntil'
  > & { validFrom: Date | null; validUntil: Date | null };
  return { ...row, validFrom: row.validFrom?.toISOString() ?? null, validUntil: row.validUntil?.toISOString() ?? null };
}

function assertNotRemoved({ removedAt }: Administered): void {
  if (removedAt) throw failure('wrong_state', 'This operator was removed. Bring them back first.');
}

/** The e-mail address is the login, of one person for ever. */
async function orTaken(write: PromiseLike<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw failure('duplicate', 'Somebody has this e-mail address already: open their page, also if they were removed.', [
      { pointer: '/email', message: 'In use' },
    ]);
  }
}
