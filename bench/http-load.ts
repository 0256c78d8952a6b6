import { Agent, request } from 'node:http';

/** Latencies of answers, milliseconds. */
export interface Latencies {
  p50: number;
  p99: number;
  worst: number;
  answers: number;
}

/** A caller with a session, over connections that are kept. */
export interface Caller {
  /** Milliseconds of one answer; throws unless it is 2xx. */
  get(path: string): Promise<number>;
  body(path: string): Promise<unknown>;
  close(): void;
}

/** Signs in at an API of the test profile. */
export async function caller(url: string, login: string): Promise<Caller> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const signedIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: 'smartcms-demo' }),
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  if (!signedIn.ok) throw new Error(`${login} cannot sign in: ${signedIn.status}`);
  const ask = (path: string) => answer(`${url}/api${path}`, { agent, headers: { cookie } });
  return {
    get: async (path) => (await ask(path)).ms,
    body: async (path) => JSON.parse((await ask(path)).text) as unknown,
    close: () => agent.destroy(),
  };
}

/** node:http, as the load generator shares the machine with what it loads: fetch costs several times more. */
function answer(url: string, options: { agent: Agent; headers: Record<string, string> }): Promise<{ ms: number; text: string }> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if ((response.statusCode ?? 0) < 300) resolve({ ms: performance.now() - started, text });
        else reject(new Error(`${new URL(url).pathname}: ${response.statusCode} ${text.slice(0, 200)}`));
      });
    })
      .on('error', reject)
      .end();
  });
}

/** `calls` calls, `atOnce` of them at a time. */
export async function load(calls: number, atOnce: number, call: (n: number) => Promise<number>): Promise<Latencies> {
  const times: number[] = [];
  let next = 0;
  const work = async () => {
    for (let n = next++; n < calls; n = next++) times.push(await call(n));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return latenciesOf(times);
}

export function latenciesOf(times: number[]): Latencies {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), worst: at(1), answers: sorted.length };
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
