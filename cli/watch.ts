import { setTimeout as delay } from 'node:timers/promises';

import { ApiError, type ApiClient } from './api-client.ts';

/** However quiet the events are, it looks again after this time: an event may be lost with a connection. */
const QUIET_MS = 5000;

export interface Watch<T> {
  client: ApiClient;
  /** Path of the server-sent events that say when to look again. */
  events: string;
  /** Undefined: not yet. */
  look: () => Promise<T | undefined>;
  timeoutMs: number;
  /** For the message when the time is over, such as `The card`. */
  what: string;
}

/** Looks now and after every change until there is something to return. */
export async function watch<T>({ client, events, look, timeoutMs, what }: Watch<T>): Promise<T> {
  const giveUpAt = Date.now() + timeoutMs;
  const stop = new AbortController();
  const changes = listen(client, events, stop.signal);
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

/** Follows a stream of server-sent events; without one (refused, cut) `next` is a pause of a second, so that looking goes on. */
function listen(client: ApiClient, path: string, signal: AbortSignal): { next(): Promise<void> } {
  let news = Promise.withResolvers<void>();
  let open = true;
  const follow = async () => {
    const response = await client.stream(path, signal);
    // What changed between the last look and now has no event.
    news.resolve();
    for await (const chunk of response.body ?? []) {
      if (new TextDecoder().decode(chunk as Uint8Array).includes('data')) news.resolve();
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
