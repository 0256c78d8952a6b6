import type { RequestDetail } from '#lib/api/types.ts';

/** Approvals of a step that count: those voided by a change of data do not. */
export const standingVotes = (request: RequestDetail, step: number) =>
  request.approval.votes.filter((v) => v.step === step && !v.voided && v.verdict === 'approve');

export const missingVotes = (quorum: number, given: number): number => Math.max(0, quorum - given);
