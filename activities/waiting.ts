import { Context, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import { errorCodeOf, type ErrorCode } from '../domain/errors.ts';

/** A wait that ends by itself: shown on the page of what waits. */
export interface Wait {
  code: ErrorCode;
  detail: string;
  nextAttemptAt: Date;
}

/**
 * Failures that pass by themselves: the HSM or a service comes back. All others that have a code are for a person. A refused PIN is no
 * exception: asking again does not give it to the token again (connectors/hsm/token-login.ts).
 */
const passing: ReadonlySet<ErrorCode> = new Set(['hsm_unavailable', 'hsm_pin_incorrect', 'hsm_key_missing', 'unavailable', 'internal']);

const second = 1000;
/**
 * Growing distance: 1, 2, 4 … seconds, at most half a minute, so that all work is under way within a minute after an outage of any length;
 * up to a fifth less by chance, so that what began to wait together does not come back together.
 */
export const delayBefore = (nextAttempt: number): number =>
  Math.round(Math.min(30, 2 ** Math.min(20, nextAttempt - 2)) * second * (1 - Math.random() / 5));

/** Thrown when a peer said itself when to ask again. */
export const askAgain = (detail: string, afterSeconds: number): ApplicationFailure =>
  ApplicationFailure.create({ type: 'unavailable', message: detail, nextRetryDelay: afterSeconds * second });

/**
 * Runs `work`. What passes by itself, and any defect, is noted with the time of the next attempt and thrown so that Temporal tries again
 * then; what is for a person is thrown as it is, and is final.
 */
export async function retrying<T>(work: () => Promise<T>, note: (wait: Wait) => Promise<unknown>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCodeOf(error) ?? 'internal';
    if (!passing.has(code)) throw error;
    const delay = delayAsked(error) ?? delayBefore(Context.current().info.attempt + 1);
    const detail = code === 'internal' ? 'An unexpected error; it is in the log of the worker.' : (error as Error).message;
    // What passes by itself is told by its sentence; what lies behind it is for whoever reads the log.
    if (code === 'internal' || (error as Error).cause !== undefined) log.error('activity failed', { error });
    await note({ code, detail, nextAttemptAt: new Date(Date.now() + delay) });
    throw ApplicationFailure.create({ type: code, message: detail, nextRetryDelay: delay });
  }
}

const delayAsked = (error: unknown): number | undefined =>
  error instanceof ApplicationFailure && typeof error.nextRetryDelay === 'number' ? error.nextRetryDelay : undefined;
