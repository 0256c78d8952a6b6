import { z } from 'zod';

import { failure } from './errors.ts';

/** One step of an approval policy: how many different operators must approve, and what permission they need. */
export const ApprovalStep = z.object({
  name: z.string().min(1).max(80),
  quorum: z.int().min(1).max(9),
});
/** Policy of a device profile. A request keeps the policy it was submitted under. No step: approved at once. */
export const ApprovalPolicy = z.object({
  steps: z.array(ApprovalStep).max(9),
  /** Undecided for so long, a request expires. */
  expireAfterHours: z
    .int()
    .min(1)
    .max(24 * 365),
});
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>;

export const Decision = z.object({
  verdict: z.enum(['approve', 'reject']),
  comment: z.string().trim().max(500).default(''),
});
export type Decision = z.infer<typeof Decision>;

export interface Vote {
  by: string;
  verdict: Decision['verdict'];
}

/** Approvals of the present round; an amendment starts a new round with none. */
export interface ApprovalState {
  policy: ApprovalPolicy;
  round: number;
  /** Index of the step that is open; equal to the number of steps when all are done. */
  step: number;
  votes: readonly { step: number; by: string }[];
  outcome: 'open' | 'approved' | 'rejected';
}

export const openRound = (policy: ApprovalPolicy, round: number): ApprovalState => ({
  policy,
  round,
  step: 0,
  votes: [],
  outcome: policy.steps.length === 0 ? 'approved' : 'open',
});

/** Throws unless `by` may vote now. Four eyes: neither who registered nor whom it is for; one person counts once over all steps. */
export function assertMayVote(state: ApprovalState, vote: Vote, excluded: readonly string[]): void {
  if (state.outcome !== 'open') throw failure('already_decided', 'The request is already decided. Reload to see who decided.');
  if (excluded.includes(vote.by))
    throw failure('own_request', 'Another officer must decide: you registered this request or it is for you.');
  if (state.votes.some((v) => v.by === vote.by))
    throw failure('already_decided', 'You have already approved. Another officer must take the next step.');
}

export function applyVote(state: ApprovalState, vote: Vote): ApprovalState {
  if (vote.verdict === 'reject') return { ...state, outcome: 'rejected' };
  const votes = [...state.votes, { step: state.step, by: vote.by }];
  const needed = state.policy.steps[state.step]?.quorum ?? 1;
  if (votes.filter((v) => v.step === state.step).length < needed) return { ...state, votes };
  const step = state.step + 1;
  return { ...state, votes, step, outcome: step >= state.policy.steps.length ? 'approved' : 'open' };
}

/** How many approvals the open step still lacks. */
export const missing = (state: ApprovalState): number =>
  (state.policy.steps[state.step]?.quorum ?? 0) - state.votes.filter((v) => v.step === state.step).length;
