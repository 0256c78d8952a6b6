import type { Knex } from 'knex';

import type { ActorRef } from '../domain/actor.ts';

/** What happened although no row changed: a denial, a sign-in, a secret that was read. `detail` holds no secret. */
export interface AuditEvent {
  kind: string;
  objectType: string;
  objectId: string;
  detail?: Record<string, unknown>;
}

/** Runs `work` in one transaction whose every change is audited as done by `by`. */
export const transaction = <T>(knex: Knex, by: ActorRef, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> =>
  knex.transaction(async (trx) => {
    await trx.raw(`select set_config('smartcms.actor', ?, true)`, [JSON.stringify({ kind: by.kind, id: by.id })]);
    return work(trx);
  });

/** Writes an event to the audit trail, within a transaction opened by `transaction`. */
export async function recordEvent(trx: Knex.Transaction, { kind, objectType, objectId, detail = {} }: AuditEvent): Promise<void> {
  await trx.raw(
    `insert into audit_outbox (actor_kind, actor_id, object_type, object_id, operation, detail)
     select a ->> 'kind', a ->> 'id', ?, ?, 'event', ? from (select current_setting('smartcms.actor')::jsonb) as x (a)`,
    [objectType, objectId, JSON.stringify({ kind, ...detail })],
  );
}

/** Events that stand alone, in a transaction of their own. */
export const recordEvents = (knex: Knex, by: ActorRef, ...events: AuditEvent[]): Promise<void> =>
  transaction(knex, by, async (trx) => {
    for (const event of events) await recordEvent(trx, event);
  });
