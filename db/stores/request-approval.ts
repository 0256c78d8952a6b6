import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import { sees, system } from '../../domain/actor.ts';
import type { ActorRef, Ownership } from '../../domain/actor.ts';
import { applyVote, assertMayVote, openRound } from '../../domain/approval.ts';
import type { ApprovalState, Decision } from '../../domain/approval.ts';
import { failure } from '../../domain/errors.ts';
import { requestMachine } from '../../domain/request-state.ts';
import type { RequestState } from '../../domain/request-state.ts';
import { loadOperator } from '../reads/actor.ts';
import { Approval } from '../models/approval.ts';
import { Request } from '../models/request.ts';
import { transaction } from '../transaction.ts';
import { loadRequest } from './request-for-work.ts';
import type { RequestForWork } from './request-for-work.ts';
import { found, move, operatorId } from './rows.ts';

export interface ApprovalProgress {
  state: RequestState;
  approval: ApprovalState;
}

export type RequestApprovalStore = ReturnType<typeof requestApprovalStore>;

/** Approval steps and votes of requests. */
export const requestApprovalStore = (knex: Knex) => ({
  /** A submitted request waits for its first step; with no step to take it is approved. */
  openApproval: ({ id }: { id: string }): Promise<RequestForWork> =>
    transaction(knex, system, async (trx) => {
      await lockRequest(trx, id);
      const request = await loadRequest(trx, id);
      if (request.state !== 'submitted') return request;
      await saveApproval(trx, id, openRound(request.profile.approval, request.round));
      return loadRequest(trx, id);
    }),

  /** Counts one vote under the rules of `domain/approval.ts`; the same vote again changes nothing. */
  recordDecision: ({ by, id, verdict, comment }: { by: ActorRef; id: string } & Decision): Promise<ApprovalProgress> =>
    transaction(knex, by, async (trx) => {
      await lockRequest(trx, id);
      const request = await loadRequest(trx, id);
      const { approval, round, state } = request;
      const operator = operatorId(by);
      const before = await Approval.query(trx).findOne({ requestId: id, round, operatorId: operator });
      if (approval && before?.verdict === verdict && before.comment === comment) return { state, approval };
      if (!approval || state !== 'pending_approval') throw undecidable(approval);
      await assertStillDecides(trx, operator, id);
      const vote = { by: operator, verdict };
      assertMayVote(approval, vote, request.excluded);
      await Approval.query(trx).insert({ id: uuid(), requestId: id, round, step: approval.step, operatorId: operator, verdict, comment });
      return saveApproval(trx, id, applyVote(approval, vote), by);
    }),
});

/** The decision may have waited for a worker: what was taken from the person meanwhile counts. Decisions that are recorded stay. */
async function assertStillDecides(trx: Knex, operator: string, id: string): Promise<void> {
  const actor = await loadOperator(trx, operator);
  const row = await trx('requests').where({ id }).first<Ownership>('unit_path', 'registered_by');
  if (actor && sees(actor, 'request.decide', row)) return;
  throw failure('forbidden', 'You may not decide this request any more. Ask an administrator of your unit if you should.');
}

const undecidable = (approval: ApprovalState | null) =>
  approval && approval.outcome !== 'open'
    ? failure('already_decided', 'The request is already decided. Reload to see who decided.')
    : failure('wrong_state', 'The request does not wait for a decision. Reload to see its present state.');

/** Row lock: votes and amendments of one request come one after the other. */
export async function lockRequest(trx: Knex, id: string): Promise<Request> {
  return found(await Request.query(trx).findById(id).forUpdate(), 'request');
}

const stateOf = { open: 'pending_approval', approved: 'approved', rejected: 'rejected' } as const;

/** Writes the state of the approval and what it means for the request: waiting, approved or rejected. */
export async function saveApproval(trx: Knex, id: string, approval: ApprovalState, by: ActorRef = system): Promise<ApprovalProgress> {
  const state = stateOf[approval.outcome];
  await move(trx, {
    table: 'requests',
    machine: requestMachine,
    id,
    to: state,
    set: { approval: JSON.stringify(approval), ...wait(trx, approval, by) },
  });
  return { state, approval };
}

function wait(trx: Knex, { outcome, policy, step, votes }: ApprovalState, by: ActorRef): Record<string, unknown> {
  const now = new Date();
  const none = { nextAttemptAt: null, problemCode: null, problemDetail: null };
  if (outcome === 'approved') return { ...none, approvedAt: now, waitsFor: 'production', waitingSince: now, deadlineAt: null };
  if (outcome === 'rejected') {
    return { ...none, waitsFor: null, waitingSince: null, deadlineAt: null, closedAt: now, closedByKind: by.kind, closedBy: by.id };
  }
  const first = step === 0 && votes.length === 0;
  const deadline = first && { deadlineAt: trx.raw('now() + make_interval(hours => ?)', [policy.expireAfterHours]) };
  const fresh = votes.every((vote) => vote.step < step); // a step has just opened
  return { ...none, waitsFor: 'approval', ...(fresh && { waitingSince: now }), ...deadline, approvedAt: null };
}
