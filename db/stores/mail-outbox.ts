import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import { Mail } from '../models/mail.ts';
import { transaction } from '../transaction.ts';

export type NewMail = Pick<Mail, 'id' | 'eventKey' | 'template' | 'locale'> & { holderId: string; requestId?: string; deviceId?: string };

export type MailOutboxStore = ReturnType<typeof mailOutboxStore>;

/** Mails to be sent, one per event. */
export const mailOutboxStore = (knex: Knex) => ({
  /** Queues a mail unless one of this event was queued before. */
  enqueue: (mail: NewMail): Promise<void> =>
    transaction(knex, system, async (trx) => {
      await Mail.query(trx).insert(mail).onConflict('eventKey').ignore();
    }),

  /** True if a mail of this event was queued, whatever became of it. */
  isQueued: async ({ eventKey }: { eventKey: string }): Promise<boolean> => (await Mail.query(knex).findOne({ eventKey })) !== undefined,

  /** Takes due mails for `leaseSeconds`; several senders never take the same one. What a crash left is due again afterwards. */
  claimDue: ({ limit, leaseSeconds }: { limit: number; leaseSeconds: number }): Promise<Mail[]> =>
    transaction(knex, system, async (trx) => {
      const due = trx('mail_outbox')
        .select('id')
        .where({ state: 'queued' })
        .where('nextAttemptAt', '<=', trx.fn.now())
        .orderBy('nextAttemptAt')
        .limit(limit)
        .forUpdate()
        .skipLocked();
      return trx<Mail>('mail_outbox')
        .whereIn('id', due)
        .update({
          attempts: trx.raw('attempts + 1') as unknown as number,
          nextAttemptAt: trx.raw('now() + make_interval(secs => ?)', [leaseSeconds]) as unknown as Date,
        })
        .returning<Mail[]>('*');
    }),

  sent: ({ id }: { id: string }): Promise<void> => settle(knex, id, { state: 'sent', sentAt: new Date(), problem: null }),

  /** The server did not take it now. */
  retryLater: ({ id, nextAttemptAt }: { id: string; nextAttemptAt: Date }): Promise<void> =>
    settle(knex, id, { problem: 'server', nextAttemptAt }),

  /** The server will not take it for good. */
  refused: ({ id, problem }: { id: string; problem: 'address_refused' | 'over' }): Promise<void> =>
    settle(knex, id, { state: 'refused', problem }),
});

const settle = (knex: Knex, id: string, change: Partial<Mail>): Promise<void> =>
  transaction(knex, system, async (trx) => {
    const [mail] = await Mail.query(trx).patch(change).where({ id, state: 'queued' }).returning('requestId');
    // whoever looks at the request sees it at once
    if (mail?.requestId && change.problem)
      await trx.raw(`select pg_notify('smartcms_changes', ?)`, [JSON.stringify({ type: 'request', id: mail.requestId })]);
  });
