import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import type { Verdict, WorkflowLook } from '../../domain/reconciliation.ts';
import { recordEvent, transaction } from '../transaction.ts';
import { found } from './rows.ts';

export const findingKinds = [
  'request',
  'certificate_action',
  'orphan_certificate',
  'certificate_not_in_ledger',
  'certificate_status',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** One difference. */
export interface Finding {
  what: FindingKind;
  objectId: string;
  /** What people know it by, such as a request's number. */
  label: string;
  rowState: string | null;
  otherState: string;
}

/** A difference seen once. */
export interface Suspicion extends Finding {
  verdict: Verdict;
  look: WorkflowLook;
}

export interface Reconciliation {
  id: string;
  complete: boolean;
  repair: boolean;
  checked: number;
  startedAt: Date;
  endedAt: Date | null;
}

export type ReconciliationStore = ReturnType<typeof reconciliationStore>;

/** Comparisons and their findings. */
export const reconciliationStore = (knex: Knex) => ({
  open: ({ by, ...row }: { by: ActorRef; id: string; complete: boolean; repair: boolean }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      const asked = { askedByKind: by.kind, askedBy: by.id };
      const [fresh] = await trx('reconciliations')
        .insert({ ...row, ...asked })
        .onConflict('id')
        .ignore()
        .returning<{ id: string }[]>('id');
      if (!fresh || by.kind === 'system') return;
      const { id, ...detail } = row;
      await recordEvent(trx, { kind: 'reconciliation_asked', objectType: 'reconciliations', objectId: id, detail });
    }),

  async suspect(reconciliationId: string, suspicions: Suspicion[]): Promise<void> {
    const rows = suspicions.map(({ look, ...rest }) => ({ ...rest, reconciliationId, look: JSON.stringify(look) }));
    if (rows.length > 0)
      await knex('reconciliation_findings').insert(rows).onConflict(key).merge(['verdict', 'look', 'rowState', 'otherState']);
  },

  suspicions: ({ id, after, limit }: { id: string; after: string; limit: number }): Promise<Suspicion[]> =>
    knex('reconciliation_findings')
      .where({ reconciliationId: id })
      .whereNull('done')
      .where('objectId', '>', after)
      .orderBy('objectId')
      .limit(limit)
      .select<Suspicion[]>('what', 'objectId', 'label', 'rowState', 'otherState', 'verdict', 'look'),

  /** It went away by itself. */
  async drop(reconciliationId: string, { what, objectId }: Finding): Promise<void> {
    await knex('reconciliation_findings').where({ reconciliationId, what, objectId }).delete();
  },

  /** A difference and what was done about it; of what was repaired the audit trail says so too. */
  settle: (reconciliationId: string, { what, objectId, label, rowState, otherState }: Finding, done: string): Promise<void> =>
    transaction(knex, { kind: 'system', id: 'reconciliation' }, async (trx) => {
      const finding = { what, objectId, label, rowState, otherState, done };
      await trx('reconciliation_findings')
        .insert({ ...finding, reconciliationId })
        .onConflict(key)
        .merge(['rowState', 'otherState', 'done']);
      if (done === 'reported') return;
      await recordEvent(trx, { kind: 'reconciled', objectType: what, objectId, detail: { rowState, otherState, done, reconciliationId } });
    }),

  async end({ id, checked }: { id: string; checked: number }): Promise<void> {
    await knex('reconciliations').where({ id }).whereNull('endedAt').update({ endedAt: new Date(), checked });
  },

  get: async (id: string): Promise<Reconciliation> =>
    found(await knex('reconciliations').where({ id }).first<Reconciliation | undefined>(), 'comparison'),

  /** Findings in the order of their objects; `after` is the place of the last one of the page before. */
  findings: ({
    id,
    after,
    limit,
  }: {
    id: string;
    after?: Place | undefined;
    limit: number;
  }): Promise<(Finding & { done: string | null })[]> =>
    knex('reconciliation_findings')
      .where({ reconciliationId: id })
      .where((q) => void (after && q.whereRaw('(what, object_id) > (?, ?)', [after.what, after.objectId])))
      .orderBy(['what', 'objectId'])
      .limit(limit)
      .select<(Finding & { done: string | null })[]>('what', 'objectId', 'label', 'rowState', 'otherState', 'done'),
});

interface Place {
  what: string;
  objectId: string;
}

const key = ['reconciliationId', 'what', 'objectId'];
