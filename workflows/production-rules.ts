import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';

import { errorCodeOf, type ErrorCode } from '../domain/errors.ts';

/** Why a production stopped, as the row keeps it: a code, and a sentence that says what to do. */
export interface Problem {
  code: ErrorCode;
  detail: string;
}

/** What an officer, or the clock, decided about a stopped production. */
export type Order = { kind: 'resume'; stationId: string; by: string } | { kind: 'scrap'; reason: string; by?: string };

/** The problem that an activity ended with. Only what is final arrives here: the rest is tried again by itself. */
export function problemOf(error: unknown): Problem {
  const code = errorCodeOf(error);
  if (code) return { code, detail: messageOf(error) };
  if (causesOf(error).some((e) => e instanceof TimeoutFailure))
    return { code: 'unavailable', detail: 'The station does not answer. Start it, or resume at another one.' };
  return { code: 'internal', detail: 'An unexpected error. Resume; if it comes back, scrap the card and report it.' };
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let e = error; e instanceof Error; e = e.cause) causes.push(e);
  return causes;
}

const messageOf = (error: unknown): string => causesOf(error).findLast((e) => e instanceof ApplicationFailure)?.message ?? '';
