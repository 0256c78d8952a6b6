import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { openRound } from '../../domain/approval.ts';
import type { ApprovalState } from '../../domain/approval.ts';
import { failure } from '../../domain/errors.ts';
import type { Extra, HolderData } from '../../domain/holder.ts';
import type { RequestState } from '../../domain/request-state.ts';
import { Amendment } from '../models/amendment.ts';
import { Approval } from '../models/approval.ts';
import { Request } from '../models/request.ts';
import { transaction } from '../transaction.ts';
import { keepExtra, fieldsOfRequest } from './field-sets.ts';
import { updateHolder } from './holders.ts';
import { lockRequest, saveApproval } from './request-approval.ts';
import { loadRequest } from './request-for-work.ts';
import { found, operatorId, searchText } from './rows.ts';

export interface NewAmendment {
  by: ActorRef;
  amendmentId: string;
  requestId: string;
  /** The version that was edited. */
  version: number;
  data: HolderData;
  extra: Extra;
  reason: string;
}

/** States in which the data of a request may still be edited. */
export const amendable: readonly RequestState[] = ['draft', 'pending_approval', 'approved'];

export type AmendmentStore = ReturnType<typeof amendmentStore>;

/** Edits of the data of requests: written first, applied by the request's workflow. */
export const amendmentStore = (knex: Knex) => ({
  /** Keeps the edit; nothing of the request changes yet. `version_conflict` when somebody changed the request since. */
  plan: ({ by, amendmentId, requestId, version, data, extra, reason }: NewAmendment): Promise<{ amendmentId: string }> =>
    transaction(knex, by, async (trx) => {
      if (await Amendment.query(trx).findById(amendmentId)) return { amendmentId };
      const request = await lockRequest(trx, requestId);
      assertVersion(request, version);
      assertAmendable(request);
      await Amendment.query(trx).insert({ id: amendmentId, requestId, data, extra, reason, version, operatorId: operatorId(by) });
      return { amendmentId };
    }),

  /** Writes the edited data over those of the request and its holder; given approvals are void and the first step opens again. */
  apply: ({ by, amendmentId }: { by: ActorRef; amendmentId: string }): Promise<{ state: RequestState; approval: ApprovalState | null }> =>
    transaction(knex, by, async (trx) => {
      const amendment = found(await Amendment.query(trx).findById(amendmentId), 'amendment');
      const request = await lockRequest(trx, amendment.requestId);
      if (amendment.appliedAt) return { state: request.state, approval: request.approval };
      // Again: another edit of the same version may have been applied since.
      if (amendment.version !== null) assertVersion(request, amendment.version);
      assertAmendable(request);
      await applyTo(trx, request, amendment);
      await Amendment.query(trx).findById(amendmentId).patch({ appliedAt: new Date() });
      return request.state === 'draft' ? { state: 'draft', approval: null } : reopen(trx, request.id);
    }),
});

function assertVersion(request: Request, version: number): void {
  if (request.version !== version) throw failure('version_conflict', 'Somebody else changed this request. Reload and edit again.');
}

function assertAmendable({ state }: Request): void {
  if (!amendable.includes(state)) throw failure('wrong_state', `The request is ${state}: its data cannot be changed any more.`);
}

async function applyTo(trx: Knex, request: Request, { data, extra, operatorId: id }: Amendment): Promise<void> {
  const fields = await fieldsOfRequest(trx, request.id);
  await updateHolder(trx, { id: request.holderId, by: { kind: 'operator', id } }, { data, fields });
  await keepExtra(trx, { subject: 'request', id: request.id, unitId: request.unitId, extra, fields });
  const search = searchText(data.givenName, data.familyName, data.taxCode, request.number, request.reference);
  await Request.query(trx)
    .findById(request.id)
    .patch({ data, extra, search, round: request.round + 1 });
  await Approval.query(trx).patch({ voidedAt: new Date() }).where({ requestId: request.id }).whereNull('voidedAt');
}

async function reopen(trx: Knex, id: string) {
  const { profile, round } = await loadRequest(trx, id);
  return saveApproval(trx, id, openRound(profile.approval, round));
}
