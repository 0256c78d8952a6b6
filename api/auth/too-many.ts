import { refusal } from '../errors.ts';

/** Refused for now; says when to try again. */
export const tooMany = (retryAfterSeconds: number): Error =>
  refusal('too_many_attempts', 'Wait a moment, then try again.', { retryAfterSeconds });
