import { applyVote, assertMayVote, openRound, type ApprovalState, type Vote } from '../domain/approval.ts';
import { failure } from '../domain/errors.ts';
import { assertMove, canMove } from '../domain/machine.ts';
import { requestMachine, type RequestState } from '../domain/request-state.ts';
import type { RequestProgress } from './request-messages.ts';

/** The card that is being made for the request. */
export interface OpenProduction {
  id: string;
  deviceId: string;
  n: number;
  stationId: string;
  state: 'running' | 'stopped';
}

/** All that the request workflow remembers. It comes from the row (`openRequest`), so a new run can begin at any state. */
export interface RequestProcess {
  state: RequestState;
  approval: ApprovalState;
  /** Operators who may not decide: who registered or amended, and whom it is for. */
  excluded: readonly string[];
  /** When the present state expires by itself; ISO time or null. */
  deadlineAt: string | null;
  /** Where the card was made: its PIN is set there at activation. */
  stationId: string | null;
  production: OpenProduction | null;
}

export const progressOf = ({ state, approval }: RequestProcess): RequestProgress => ({ state, step: approval.step });

export const hasEnded = ({ state }: RequestProcess): boolean => requestMachine[state].length === 0;

/** Milliseconds since 1970 at which the request expires, or undefined. */
export const expiryOf = ({ deadlineAt }: RequestProcess): number | undefined => (deadlineAt === null ? undefined : Date.parse(deadlineAt));

function moved(process: RequestProcess, state: RequestState, change: Partial<RequestProcess> = {}): RequestProcess {
  assertMove(requestMachine, process.state, state);
  return { ...process, deadlineAt: null, ...change, state };
}

function assertState(process: RequestProcess, state: RequestState, todo: string): void {
  if (process.state !== state) throw failure('wrong_state', `The request is ${process.state}: ${todo}`);
}

export function assertMayDecide(process: RequestProcess, vote: Vote): void {
  assertMayVote(process.approval, vote, process.excluded);
  assertState(process, 'pending_approval', 'there is nothing to decide. Reload the page.');
}

/** After a vote. While more are needed the request stays `pending_approval`, at the same or the next step, with the same deadline. */
export function decided(process: RequestProcess, vote: Vote): RequestProcess {
  const approval = applyVote(process.approval, vote);
  if (approval.outcome === 'open') return moved(process, 'pending_approval', { approval, deadlineAt: process.deadlineAt });
  return moved(process, approval.outcome, { approval });
}

export function assertMayAmend(process: RequestProcess): void {
  if (process.state === 'pending_approval' || process.state === 'approved') return;
  throw failure('wrong_state', `The request is ${process.state}: its data can be changed only until the card is made.`);
}

/** Amended data void every approval: the first step opens again, and who amended may not decide. */
export function amended(process: RequestProcess, by: string, expiresAt: string | null): RequestProcess {
  const approval = openRound(process.approval.policy, process.approval.round + 1);
  const excluded = process.excluded.includes(by) ? process.excluded : [...process.excluded, by];
  if (approval.outcome !== 'open') return { ...process, approval, excluded };
  return moved(process, 'pending_approval', { approval, excluded, deadlineAt: expiresAt });
}

export function assertMayProduce(process: RequestProcess): void {
  assertState(process, 'approved', 'only an approved request can be produced. Reload the page.');
}

export const producing = (process: RequestProcess, production: OpenProduction): RequestProcess =>
  moved(process, 'in_production', { production, stationId: production.stationId });

/** A stopped production waits for a person: only then may it be resumed or scrapped. */
export function assertStopped(process: RequestProcess): void {
  if (process.production?.state !== 'stopped') throw failure('wrong_state', 'The production is not stopped. Reload to see where it is.');
}

export function productionStopped(process: RequestProcess, productionId: string): RequestProcess {
  if (process.production?.id !== productionId) return process;
  return { ...process, production: { ...process.production, state: 'stopped' } };
}

export function productionResumed(process: RequestProcess, stationId: string): RequestProcess {
  if (!process.production) return process;
  return { ...process, stationId, production: { ...process.production, stationId, state: 'running' } };
}

/** A completed card is produced; a spoiled one sends the request back to be made again. */
export const productionEnded = (process: RequestProcess, outcome: 'completed' | 'spoiled'): RequestProcess =>
  moved(process, outcome === 'completed' ? 'produced' : 'approved', { production: null });

export function assertMayDeliver(process: RequestProcess): void {
  assertState(process, 'produced', 'only a produced card can be delivered. Reload the page.');
}

export const delivered = (process: RequestProcess, deadlineAt: string): RequestProcess => moved(process, 'delivered', { deadlineAt });

export function assertMaySendCode(process: RequestProcess): void {
  assertState(process, 'delivered', 'an activation code is for a card that was handed over and is not active yet. Reload the page.');
}

export function assertMayActivate(process: RequestProcess): void {
  assertState(process, 'delivered', 'only a delivered card can be activated.');
}

/** Activation is the last thing that happens: the request closes with it. */
export const activated = (process: RequestProcess): RequestProcess => moved(moved(process, 'activated'), 'closed');

export function assertMayCancel(process: RequestProcess): void {
  if (canMove(requestMachine, process.state, 'cancelled')) return;
  throw failure('wrong_state', `The request is ${process.state} and can no longer be cancelled.`);
}

export const cancelled = (process: RequestProcess): RequestProcess => moved(process, 'cancelled', { production: null });

export const expired = (process: RequestProcess): RequestProcess => moved(process, 'expired');
