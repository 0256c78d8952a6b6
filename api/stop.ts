import type { Server } from 'node:http';
import { Server as Listener } from 'node:net';
import { setImmediate, setTimeout as pause } from 'node:timers/promises';

import type { Logger } from 'pino';

const graceMs = 10_000;
/** How long a connection may take to send the call that it was opened for. */
const firstCallMs = 500;
const quietMs = 0.5;

export interface Stoppable {
  server: Server;
  /** Ends what never ends by itself: event streams. */
  endStreams: () => Promise<unknown>;
  /** Closed in this order when no call runs any more. */
  closers: readonly (() => unknown)[];
}

/**
 * No new connections; streams end, running calls finish, what still runs after the grace is cut; then the resources are closed. No call is
 * lost on the way: connections that the system has taken for us are taken over first, and one without a call yet gets the time to send it
 * (`close` of an HTTP server would cut it off as idle). Nor is a connection cut that its client may use again: it was told how long (`Keep-Alive`),
 * and one that is cut while the next call is on its way loses that call.
 */
export async function stop({ server, endStreams, closers }: Stoppable): Promise<void> {
  await aQuietTurn();
  const closed = new Promise((resolve) => Listener.prototype.close.call(server, resolve));
  server.prependListener('request', (_, response) => response.setHeader('Connection', 'close'));
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await endStreams();
  await Promise.race([closed, pause(firstCallMs + server.keepAliveTimeout)]);
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
  for (const close of closers) await close();
}

/**
 * Until a turn of the event loop takes no time. A turn takes over all connections that the system has for us; those that came while it went on to other
 * work are reset when we stop listening, so that moment must be short.
 */
async function aQuietTurn(): Promise<void> {
  const giveUpAt = performance.now() + firstCallMs;
  for (let began = 0; performance.now() - began > quietMs && began < giveUpAt;) {
    began = performance.now();
    await setImmediate();
  }
}

/** Stops once, on SIGTERM or SIGINT. */
export function stopOnSignal(log: Logger, what: Stoppable): void {
  let stopping: Promise<void> | undefined;
  const onSignal = () => {
    log.info('stopping');
    stopping ??= stop(what).then(
      () => log.info('stopped'),
      (error: unknown) => {
        log.error({ error: String(error) }, 'stopping failed');
        process.exitCode = 1;
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
}
