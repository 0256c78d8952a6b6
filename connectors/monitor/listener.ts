import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Registry } from 'prom-client';

import type { Health } from './health.ts';

/** Answers `/metrics`, `/health/live` and `/health/ready`. */
export interface MonitorListener {
  port: number;
  close: () => Promise<void>;
}

export interface Monitored {
  registry: Registry;
  health: Health;
  /** False while the process does not take work yet, or no more. */
  isWorking: () => boolean;
}

/**
 * A listener of its own for whoever watches the process: no sign-in, so it belongs on loopback or a network of the administrators. It tells
 * figures and names of services, no secrets and nothing of a person.
 */
export async function listenForMonitoring(monitored: Monitored, { port, host }: { port: number; host: string }): Promise<MonitorListener> {
  const server = createServer((request, response) => {
    answer(monitored, request)
      .catch(() => ({ status: 500, type: 'text/plain', body: 'Internal error\n' }))
      .then((given) => send(response, given))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

async function answer({ registry, health, isWorking }: Monitored, { method, url }: IncomingMessage): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: 'text/plain', body: 'GET only\n' };
  if (url === '/metrics') return { status: 200, type: registry.contentType, body: await registry.metrics() };
  if (url === '/health/live') return json(200, { state: 'live' });
  if (url !== '/health/ready') return { status: 404, type: 'text/plain', body: 'Not found\n' };
  const services = await health.report();
  const isReady = isWorking() && services.every(({ state }) => state !== 'down');
  return json(isReady ? 200 : 503, { state: isReady ? 'ready' : 'not ready', working: isWorking(), services });
}

const json = (status: number, body: object): Answer => ({ status, type: 'application/json', body: JSON.stringify(body) });

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(body);
}
