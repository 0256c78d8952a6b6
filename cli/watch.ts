import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';

import { ApiError, type ApiClient } from './api-client.ts';

/** However quiet the events are, it looks again after this time: an event may be lost with a connection. */
const QUIET_MS = 5000;

export interface Watch<T> {
  client: ApiClient;
  /** Path of the server-sent events that say when to look again. */
  events: string;
  /** Whether the data of an event are a reason to look. Default: every event is. */
  isNews?: (data: unknown) => boolean;
  /** Undefined: not yet. */
  look: () => Promise<T | undefined>;
  timeoutMs: number;
  /** For the message when the time is over, such as `The card`. */
  what: string;
}

/** Looks now and after every change that is news until there is something to return. */
export async function watch<T>({ client, events, isNews = () => true, look, timeoutMs, what }: Watch<T>): Promise<T> {
  const giveUpAt = Date.now() + timeoutMs;
  const stop = new AbortController();
  const changes = listen({ client, path: events, isNews, signal: stop.signal });
  try {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > giveUpAt)
        throw new ApiError(0, {
          code: 'unavailable',
          detail: `${what} did not get on for ${timeoutMs / 60_000} minutes. Run the command again to continue.`,
        });
      await changes.next();
    }
  } finally {
    stop.abort();
  }
}

interface Stream {
  client: ApiClient;
  path: string;
  isNews: (data: unknown) => boolean;
  signal: AbortSignal;
}

/** Follows a stream of server-sent events; without one (refused, cut) `next` is a pause of a second, so that looking goes on. */
function listen({ client, path, isNews, signal }: Stream): { next(): Promise<void> } {
  let news = Promise.withResolvers<void>();
  let open = true;
  const follow = async () => {
    const response = await client.stream(path, signal);
    // What changed between the last look and now has no event.
    news.resolve();
    if (!response.body) return;
    for await (const line of createInterface({ input: Readable.fromWeb(response.body as ReadableStream) })) {
      if (line.startsWith('data:') && isNews(JSON.parse(line.slice(5)))) news.resolve();
    }
  };
  void follow()
    .catch(() => undefined)
    .finally(() => {
      open = false;
      news.resolve();
    });
  return {
    async next() {
      if (!open) return delay(1000);
      await Promise.race([news.promise, delay(QUIET_MS, undefined, { ref: false })]);
      news = Promise.withResolvers<void>();
    },
  };
}
