import { setTimeout as pause } from 'node:timers/promises';

import type { Logger } from 'pino';

import { errorCodeOf } from '../domain/errors.ts';

const PAUSE_MS = 2_000;

/** True of what passes by itself when the HSM, its PIN file or its keys are put right. */
export const isHsmTrouble = (error: unknown): boolean => errorCodeOf(error)?.startsWith('hsm_') === true;

/**
 * Runs `work` until the HSM lets it: a process that starts while the HSM is away waits, says so once for each reason, and goes on when it is
 * back. It does not end: a supervisor would start it again and again, each time with a PIN that may be wrong.
 */
export async function whenHsmAnswers<T>(work: () => Promise<T>, log: Logger): Promise<T> {
  for (let said = ''; ; await pause(PAUSE_MS)) {
    try {
      const result = await work();
      if (said) log.warn('the HSM answers; going on');
      return result;
    } catch (error) {
      if (!isHsmTrouble(error)) throw error;
      const { message } = error as Error;
      if (message !== said) log.error({ error: message }, 'waiting for the HSM');
      said = message;
    }
  }
}
