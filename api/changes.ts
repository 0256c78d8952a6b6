import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';

const channel = 'smartcms_changes';
const Change = z.object({ type: z.enum(['request', 'device']), id: z.string() });
/** A row that changed, as told by its trigger. */
export type Change = z.infer<typeof Change>;

export interface Subscriber {
  changed(change: Change): void;
  /** Changes may have been missed: whoever shows rows must read them again. */
  interrupted(): void;
}

/** The changes of this process: one LISTEN connection, however many people watch. */
export interface Changes {
  /** Returns what ends the subscription. */
  subscribe(subscriber: Subscriber): () => void;
  /** Ends every subscription's stream and stops listening. */
  close(): Promise<void>;
}

/** Listens on a connection of its own and opens it again when it breaks. Resolves once it listens. */
export async function listenToChanges(url: string, log: Logger): Promise<Changes> {
  const subscribers = new Set<Subscriber>();
  const closing = new AbortController();
  let connection: pg.Client | undefined = await listen();

  /** `end` is watched only once the connection listens: a failed attempt starts no second loop. */
  async function listen(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url, application_name: 'smartcms-changes', keepAlive: true });
    client.on('error', (error) => log.warn({ code: (error as { code?: string }).code }, 'the connection for changes broke'));
    client.on('notification', ({ payload }) => tell(subscribers, payload));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.once('end', () => void listenAgain());
    return client;
  }

  async function listenAgain(): Promise<void> {
    connection = undefined;
    for (let waitMs = 100; !closing.signal.aborted && !connection; waitMs = Math.min(5_000, waitMs * 2)) {
      await pause(waitMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (!closing.signal.aborted) connection = await listen().catch(() => undefined);
    }
    if (connection) for (const subscriber of [...subscribers]) subscriber.interrupted();
  }

  return {
    subscribe: (subscriber) => {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
    close: async () => {
      closing.abort();
      for (const subscriber of [...subscribers]) subscriber.interrupted();
      await connection?.end();
    },
  };
}

function tell(subscribers: ReadonlySet<Subscriber>, payload: string | undefined): void {
  const change = Change.safeParse(JSON.parse(payload ?? 'null'));
  if (change.success) for (const subscriber of subscribers) subscriber.changed(change.data);
}
