import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { Answer, Through } from './http.ts';

/** A final refusal. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(what: string, { status, body }: Answer) {
    const { code = '', detail = '' } = (body ?? {}) as { code?: string; detail?: string };
    super(`${what}: ${status} ${code} ${detail}`);
    this.status = status;
    this.code = code;
  }
}

export interface Call {
  body?: unknown;
  version?: number;
}

/** What clients meet while parts are dead. */
export interface Weather {
  /** Calls that were sent again, and why: no connection, no answer, or an answer that asks for it. */
  repeated: string[];
  /** Answers that a client must never get. */
  defects: string[];
}

export type Person = ReturnType<typeof person>;

const PATIENCE_MS = 300_000;

/** Somebody at the API who does what clients are told: a write has a key, and is sent again under it until it is answered. */
export function person({ through, from, weather }: { through: Through; from?: string; weather: Weather }) {
  let cookie = '';
  let credentials: { login: string; password: string } | undefined;

  const once = (method: string, path: string, { body, version, key }: Call & { key: string }): Promise<Answer> => {
    const headers: Record<string, string> = { cookie, ...(method !== 'GET' && { 'idempotency-key': key }) };
    if (version !== undefined) headers['if-match'] = `"${version}"`;
    return through({ path, method, headers, body, from });
  };

  async function call<T>(method: string, path: string, given: Call = {}): Promise<T> {
    const key = randomUUID();
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      let lost = '';
      const answer = await once(method, path, { ...given, key }).catch((error: unknown) => void (lost = String(error)));
      if (answer && answer.status < 300) return took<T>(answer);
      if (isToProveAgain(answer) && credentials && path !== '/session') await signIn();
      else await delay(pauseAfter(`${method} ${path}`, answer ?? undefined));
      weather.repeated.push(`${method} ${path}: ${answer?.status ?? lost}`);
    }
    throw new Error(`${method} ${path} had no answer in ${PATIENCE_MS / 1000} s`);
  }

  function took<T>({ headers, body }: Answer): T {
    const [set] = headers['set-cookie'] ?? [];
    if (set !== undefined) cookie = set.split(';')[0] ?? '';
    return body as T;
  }

  /** How long to wait before it is sent again; throws what is final. */
  function pauseAfter(what: string, answer: Answer | undefined): number {
    if (!answer) return 300;
    const again = answer.status === 503 || answer.status === 429 || (answer.status === 409 && answer.headers['retry-after'] !== undefined);
    if (answer.status === 500) weather.defects.push(`${what}: ${JSON.stringify(answer.body)}`);
    else if (!again) throw new Refused(what, answer);
    return Math.max(300, Number(answer.headers['retry-after'] ?? 0) * 1000);
  }

  const signIn = (): Promise<unknown> => call('POST', '/session', { body: credentials });

  return {
    signIn: (login: string, password: string) => {
      credentials = { login, password };
      return signIn();
    },
    get: <T>(path: string) => call<T>('GET', path),
    post: <T>(path: string, body: unknown = {}, version?: number) =>
      call<T>('POST', path, { body, ...(version !== undefined && { version }) }),
    delete: <T>(path: string) => call<T>('DELETE', path),
    /** Sent once, whatever becomes of it; undefined without an answer. */
    tryOnce: (method: string, path: string, given: Call = {}) => once(method, path, { ...given, key: randomUUID() }).catch(() => undefined),
  };
}

/** The session ended, or is too old for what is dangerous. */
const isToProveAgain = (answer: Answer | null | undefined | void): boolean =>
  answer?.status === 401 || (answer?.body as { code?: string } | undefined)?.code === 'step_up_needed';
