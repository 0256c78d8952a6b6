import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { CertificateState } from '../../domain/certificate-state.ts';
import { certificateMachine } from '../../domain/certificate-state.ts';
import { CertificateAction } from '../models/certificate-action.ts';
import { transaction } from '../transaction.ts';
import type { PlannedAction } from './action-rows.ts';
import { found, move } from './rows.ts';

/** An action with the certificate that it changes. */
export type ActionForWork = CertificateAction & {
  deviceId: string;
  ca: string;
  /** Lower-case hex. */
  serial: string;
  certificateState: CertificateState;
  /** An action of the same certificate that came before is not confirmed: that one first. */
  earlierOpen: boolean;
};

export type CertificateActionStore = ReturnType<typeof certificateActionStore>;

/** Changes of certificates at their CA: confirmed by it, then published in a CRL. */
export const certificateActionStore = (knex: Knex) => ({
  get: (id: string): Promise<ActionForWork> => loadAction(knex, id),

  markStarted: ({ id }: { id: string }): Promise<void> =>
    patch(knex, id, { workflowState: 'started' }, (q) => void q.where({ workflowState: 'pending_start' })),

  /** Actions whose workflow was not seen to start: a crash came in between. */
  unstarted: ({ olderThanSeconds, limit }: { olderThanSeconds: number; limit: number }): Promise<PlannedAction[]> =>
    knex('certificate_actions as a')
      .join('certificates as c', 'c.id', 'a.certificate_id')
      .where({ 'a.workflow_state': 'pending_start' })
      .whereRaw('a.requested_at <= now() - make_interval(secs => ?)', [olderThanSeconds])
      .orderBy('a.requested_at')
      .limit(limit)
      .select<PlannedAction[]>('a.id', 'a.certificate_id', 'c.ca', 'a.kind', 'a.n'),

  /** The CA has carried it out; the certificate is what it says. */
  confirmed: ({ id }: { id: string }): Promise<void> =>
    transaction(knex, system, async (trx) => {
      const action = await loadAction(trx, id);
      await trx('certificates').where({ id: action.certificateId }).forUpdate().select('id');
      const done = await CertificateAction.query(trx)
        .patch({ confirmedAt: new Date(), problemDetail: null, nextAttemptAt: null })
        .where({ id })
        .whereNull('confirmedAt');
      if (done > 0) await applyToCertificate(trx, action);
    }),

  /** A CRL of this number carries it: the action is over. */
  published: ({ id, crlNumber }: { id: string; crlNumber: number }): Promise<void> =>
    patch(
      knex,
      id,
      { publishedAt: new Date(), crlNumber, workflowState: 'ended', nextAttemptAt: null, problemDetail: null },
      (q) => void q.whereNull('publishedAt'),
    ),

  /** It did not work yet: why, and when it is tried again. */
  stuck: ({ id, detail, nextAttemptAt }: { id: string; detail: string; nextAttemptAt: Date }): Promise<void> =>
    patch(
      knex,
      id,
      { problemDetail: detail, nextAttemptAt, attempts: knex.raw('attempts + 1') },
      (q) => void q.whereNot({ nextAttemptAt }).orWhereNull('nextAttemptAt'),
    ),
});

async function loadAction(knex: Knex, id: string): Promise<ActionForWork> {
  const row = await knex('certificate_actions as a')
    .join('certificates as c', 'c.id', 'a.certificate_id')
    .where('a.id', id)
    .first<ActionForWork | undefined>('a.*', 'c.device_id', 'c.ca', 'c.serial', 'c.state as certificate_state', earlierOpen(knex));
  return found(row, 'action');
}

const earlierOpen = (knex: Knex) =>
  knex.raw(`exists (select from certificate_actions e where e.certificate_id = a.certificate_id and e.confirmed_at is null
    and (e.requested_at, e.id) < (a.requested_at, a.id)) as earlier_open`);

/** A suspension confirmed after revocation was ordered, or a reactivation, changes nothing of what is on its way out. */
async function applyToCertificate(trx: Knex, { certificateId, kind, certificateState, deviceId }: ActionForWork): Promise<void> {
  if (kind !== 'revocation' && !['issued', 'active', 'on_hold'].includes(certificateState)) return;
  const device = await trx('devices').where({ id: deviceId }).first<{ activatedAt: Date | null }>('activatedAt');
  const to = { suspension: 'on_hold', revocation: 'revoked', reactivation: device.activatedAt ? 'active' : 'issued' }[
    kind
  ] as CertificateState;
  if (certificateState === to) return;
  await move(trx, { table: 'certificates', machine: certificateMachine, id: certificateId, to, set: { stateSince: new Date() } });
}

const patch = (knex: Knex, id: string, change: object, guard: (query: Knex.QueryBuilder) => void): Promise<void> =>
  transaction(knex, system, async (trx) => {
    await trx('certificate_actions').where({ id }).where(guard).update(change);
  });
