import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import type { ActorRef } from '../domain/actor.ts';
import type { Decision } from '../domain/approval.ts';
import type { RequestState } from '../domain/request-state.ts';

/** Input of the `request` workflow, id `request/<requestId>`. A reference: everything else is in the row. */
export interface RequestInput {
  v: 1;
  requestId: string;
  /** In a run that follows another of the same request: where the card was made. */
  stationId?: string;
}

/** What every update answers: the state after it. */
export interface RequestProgress {
  state: RequestState;
  /** Index of the open approval step. */
  step: number;
}

/** An officer's vote. Refused (`already_decided`, `own_request`, `wrong_state`) by a synchronous validator. */
export const decide = defineUpdate<RequestProgress, [Decision & { by: string }]>('decide');
/** The data were edited (the row `amendments`): approvals are void and the first step opens again. */
export const amend = defineUpdate<RequestProgress, [{ amendmentId: string; by: string }]>('amend');
/** Makes the card at a station. Answers when the production has begun. */
export const produce = defineUpdate<RequestProgress & { productionId: string }, [{ stationId: string; by: string }]>('produce');
/** Continues a stopped production, at the same station or another. */
export const resume = defineUpdate<RequestProgress, [{ stationId: string; by: string }]>('resume');
/** Gives a stopped card up: spoiled, its certificates revoked, its codes void; the request waits for production again. */
export const scrap = defineUpdate<RequestProgress, [{ by: string; reason: string }]>('scrap');
/** The card was handed over; the holder gets the activation code by mail. */
export const deliver = defineUpdate<RequestProgress, [{ by: string }]>('deliver');
/** A new activation code by mail; the one before is void. `key` names this sending: told twice, it happens once. */
export const sendNewCode = defineUpdate<RequestProgress, [{ by: string; key: string }]>('sendNewCode');
/** The holder proved the activation code; the chosen PIN is a secret code row (kind `chosen_pin`), never in here. */
export const activate = defineUpdate<RequestProgress, [{ holderId: string; chosenPinId: string }]>('activate');
export const cancel = defineUpdate<RequestProgress, [{ by: ActorRef; reason: string }]>('cancel');

/** For the administrators of the Temporal server: go on in a new run, from the row, as soon as no card is being made. */
export const renew = defineSignal('renew');
export const getProgress = defineQuery<RequestProgress>('getProgress');

export const requestWorkflowId = (requestId: string): string => `request/${requestId}`;
