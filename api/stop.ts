import type { Server } from 'node:http';

import type { Logger } from 'pino';

const graceMs = 10_000;

export interface Stoppable {
  server: Server;
  /** Ends what never ends by itself: event streams. */
  endStreams: () => Promise<unknown>;
  /** Closed in this order when no call runs any more. */
  closers: readonly (() => unknown)[];
}

/** No new connections; streams end, running calls finish, what still runs after the grace is cut; then the resources are closed. */
export async function stop({ server, endStreams, closers }: Stoppable): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection whose last call ends after `close` would be kept alive for its next.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await endStreams();
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
  for (const close of closers) await close();
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
