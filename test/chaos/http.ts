import { request } from 'node:http';

export interface Sent {
  /** Below the address of the API. */
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: unknown;
  /** The loopback address that it comes from. */
  from?: string | undefined;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

const TIMEOUT_MS = 75_000;

/** How calls reach an API. Rejects when there is no whole answer. */
export type Through = (sent: Sent) => Promise<Answer>;

/** One API. */
export const direct =
  (url: string): Through =>
  (sent) =>
    send(url, sent);

/** Several in turn, as a proxy does it: where no connection can be made, the next is asked. What was sent is not sent again. */
export function roundRobin(urls: readonly string[]): Through {
  let turn = 0;
  return async (sent) => {
    const first = turn++;
    for (let tries = 1; ; tries++) {
      try {
        return await send(urls[(first + tries) % urls.length] ?? '', sent);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).syscall !== 'connect' || tries >= 2 * urls.length) throw error;
      }
    }
  };
}

/** Over a connection of its own, so that what breaks is this call's. */
function send(url: string, { path, method, headers, body, from }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const all = { ...headers, accept: 'application/json', ...(content !== undefined && { 'content-type': 'application/json' }) };
    const options = { method, headers: all, agent: false, timeout: TIMEOUT_MS, ...(from !== undefined && { localAddress: from }) };
    const call = request(`${url}/api${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        try {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) });
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
    call.end(content);
  });
}
