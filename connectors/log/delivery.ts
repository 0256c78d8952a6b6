import { setTimeout as pause } from 'node:timers/promises';

/** Lines on their way to a place that may be slow or away. Writing never waits and never fails. */
export interface Delivery {
  write(line: string): void;
  /** How many lines were dropped because the queue was full. */
  readonly dropped: number;
  /** Sends what waits, for at most two seconds. */
  close(): Promise<void>;
}

/** What becomes of a delivery; told once for each outage. */
export interface DeliveryNews {
  away(error: unknown): void;
  back(droppedMeanwhile: number): void;
}

export interface DeliveryOptions {
  /** Sends the lines in order; throws when it is not known that they arrived, then the same are sent again. */
  send: (lines: readonly string[]) => Promise<void>;
  /** Called when all is over. */
  end?: () => void;
  /** Lines that wait at most; what comes when there are so many is dropped and counted. */
  limit: number;
  batch: number;
  /** How long the first line waits for others to go with it. */
  gatherMs: number;
  news: DeliveryNews;
}

const longestPauseMs = 5_000;
const closingMs = 2_000;

export function delivery({ send, end, limit, batch, gatherMs, news }: DeliveryOptions): Delivery {
  const waiting: string[] = [];
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  let dropped = 0;
  let told = 0;
  let failures = 0;

  const attempt = async (): Promise<void> => {
    const lines = waiting.slice(0, batch);
    try {
      await send(lines);
      waiting.splice(0, lines.length);
      failures = 0;
    } catch (error) {
      if (failures++ === 0) news.away(error);
    }
    if (failures > 0 || dropped === told) return;
    const meanwhile = dropped - told;
    told = dropped;
    news.back(meanwhile);
  };

  async function run(): Promise<void> {
    while (waiting.length > 0 && !(closing.signal.aborted && failures > 0)) {
      const ms = failures === 0 ? gatherMs : Math.min(longestPauseMs, 100 * 2 ** failures);
      await pause(ms, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
      await attempt();
    }
    running = undefined;
  }

  return {
    write(line) {
      if (waiting.length >= limit) dropped += 1;
      else waiting.push(line);
      running ??= run();
    },
    get dropped() {
      return dropped;
    },
    async close() {
      closing.abort();
      await Promise.race([running, pause(closingMs, undefined, { ref: false })]);
      end?.();
    },
  };
}
