import type { AmendmentStore } from '../db/stores/amendments.ts';
import type { RequestApprovalStore } from '../db/stores/request-approval.ts';
import type { CertificateStore } from '../db/stores/certificates.ts';
import type { LastProduction } from '../db/stores/productions.ts';
import type { RequestForWork } from '../db/stores/request-for-work.ts';
import type { RevocationStore } from '../db/stores/revocations.ts';
import { system, type ActorRef } from '../domain/actor.ts';
import { openRound, type ApprovalState, type Vote } from '../domain/approval.ts';
import { errorCodeOf } from '../domain/errors.ts';
import type { RequestState } from '../domain/request-state.ts';
import { settleHandover, type HandoverDeps } from './delivery.ts';
import type { ProductionRecords } from './production-work.ts';
import { casOf } from './productions.ts';
import { startable, type StartableAction } from './startable-action.ts';

interface Deps extends HandoverDeps {
  records: ProductionRecords;
  certificates: CertificateStore;
  approvals: RequestApprovalStore;
  amendments: AmendmentStore;
  revocations: RevocationStore;
}

/** Where a request is, for its workflow: at the first start, or in a new run. */
export interface OpenedRequest {
  state: RequestState;
  approval: ApprovalState;
  excluded: string[];
  deadlineAt: string | null;
  /** Where the card was, or is being, made. */
  stationId?: string | null;
  /** A card in the making. */
  production?: OpenedProduction | null;
}

/** A production whose workflow was lost with that of the request. */
export interface OpenedProduction {
  id: string;
  deviceId: string;
  n: number;
  stationId: string;
  cas: string[];
  /** It has stopped, and waits for an officer until then. */
  stoppedUntil?: string;
}

export const requestActivities = (deps: Deps) => ({
  /** Opens the approval of a submitted request; of any other it tells where it is, after ending what a lost run left half done. */
  async openRequest({ requestId }: { requestId: string }): Promise<OpenedRequest> {
    await deps.requests.markStarted({ id: requestId });
    const opened = await deps.approvals.openApproval({ id: requestId });
    await settleHandover(deps, opened);
    const { state, approval, excluded, deadlineAt, profile, round } =
      opened.state === 'activated' ? await deps.requests.load(requestId) : opened;
    const last = await deps.records.productions.lastOf(requestId);
    const production = state === 'in_production' && last ? await openedProduction(deps, last, opened) : null;
    return {
      ...{ state, approval: approval ?? openRound(profile.approval, round), excluded },
      // while a card is made the deadline in the row is that of the card, which its own workflow keeps
      deadlineAt: state === 'in_production' ? null : (deadlineAt?.toISOString() ?? null),
      stationId: last?.stationId ?? null,
      production,
    };
  },

  async recordDecision({ requestId, vote }: { requestId: string; vote: Vote & { comment: string } }): Promise<void> {
    const { by, verdict, comment } = vote;
    const { state } = await deps.approvals.recordDecision({ by: { kind: 'operator', id: by }, id: requestId, verdict, comment });
    if (state === 'rejected') await deps.requests.markEnded({ id: requestId });
  },

  /** Answers the new deadline for deciding. */
  async applyAmendment({
    requestId,
    amendmentId,
    by,
  }: {
    requestId: string;
    amendmentId: string;
    by: string;
  }): Promise<{ deadlineAt: string | null }> {
    await deps.amendments.apply({ by: { kind: 'operator', id: by }, amendmentId });
    const { deadlineAt } = await deps.requests.load(requestId);
    return { deadlineAt: deadlineAt?.toISOString() ?? null };
  },

  /** Ends the request; what was issued is on its way to revocation. Answers the actions whose workflows are to be started. */
  async cancelRequest({ requestId, by, reason }: { requestId: string; by: ActorRef; reason: string }): Promise<StartableAction[]> {
    const actions = await withdraw(deps, requestId, by);
    await deps.progress.cancel({ by, id: requestId, reason });
    await deps.requests.markEnded({ id: requestId });
    return actions;
  },

  /** Nobody decided, or the holder did not activate the card, in time. */
  async expireRequest({ requestId }: { requestId: string }): Promise<StartableAction[]> {
    const actions = await withdraw(deps, requestId, system);
    await deps.progress.expire({ id: requestId, reason: 'deadline' });
    await deps.requests.markEnded({ id: requestId });
    return actions;
  },
});

/** Revokes the card of a request that ends early, if one was made and is not at an end already. */
async function withdraw({ requests, revocations }: Deps, requestId: string, by: ActorRef): Promise<StartableAction[]> {
  const { deviceId } = await requests.load(requestId);
  if (!deviceId) return [];
  try {
    const { actions } = await revocations.requestRevocation({
      by,
      deviceId,
      cause: 'other',
      comment: 'The request ended before the card was in use',
    });
    return actions.map(startable);
  } catch (error) {
    if (errorCodeOf(error) !== 'wrong_state') throw error;
    return [];
  }
}

async function openedProduction(deps: Deps, last: LastProduction, { profile }: RequestForWork): Promise<OpenedProduction> {
  const { id, deviceId, n, stationId, state, deadlineAt } = last;
  const cas = await casOf(deps.certificates, profile);
  return { id, deviceId, n, stationId, cas, ...(state === 'stopped' && { stoppedUntil: (deadlineAt ?? new Date()).toISOString() }) };
}
