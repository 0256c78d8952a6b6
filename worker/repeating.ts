import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from 'pino';

import { withoutData } from '../connectors/log/without-data.ts';

/** Work that goes on while the process lives. */
export interface Loop {
  /** Waits for the round that runs; no further one begins. */
  stop(): Promise<void>;
}

/**
 * Runs `work` again and again: at once while it says there is more, else after `pauseMs`. What fails is logged and tried again, later each time
 * up to half a minute.
 */
export function repeating(name: string, work: () => Promise<{ more: boolean }>, { log, pauseMs }: { log: Logger; pauseMs: number }): Loop {
  const stopping = new AbortController();
  const round = async (failures: number): Promise<number> => {
    try {
      if (!(await work()).more) await pause(pauseMs, stopping.signal);
      return 0;
    } catch (error) {
      log.error({ loop: name, error: withoutData(error) }, 'a loop failed; it is tried again');
      await pause(Math.min(30_000, 500 * 2 ** failures), stopping.signal);
      return failures + 1;
    }
  };
  const running = (async () => {
    for (let failures = 0; !stopping.signal.aborted;) failures = await round(failures);
  })();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

/** Leaves no listener on the signal, which lives as long as the process. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
