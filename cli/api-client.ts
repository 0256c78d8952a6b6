import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { FieldError } from '../domain/errors.ts';
import type { Me } from './api-types.ts';

/** A refusal of the API (its problem document, RFC 9457), or `unavailable` with status 0 when it does not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly errors: FieldError[];
  constructor(status: number, problem: { code?: string; detail?: string; title?: string; errors?: FieldError[] }) {
    super(problem.detail ?? problem.title ?? `The API answered ${status}`);
    this.status = status;
    this.code = problem.code ?? 'internal';
    this.errors = problem.errors ?? [];
  }
}

export interface ClientOptions {
  /** Where the API is, without `/api`. */
  url: string;
  /** How long a call is tried again while nothing answers (connection refused, 503). */
  patienceMs?: number;
  /** Gives a one-time code of somebody who has a second factor. */
  askCode?: (login: string) => Promise<string>;
}

interface Call {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  signal?: AbortSignal;
}

export type ApiClient = ReturnType<typeof apiClient>;

/**
 * A small client of the API: keeps the session cookie and signs in again when the session ends or is too old for what is dangerous, sends every write with an idempotency
 * key (so it may be sent again), throws `ApiError`.
 */
export function apiClient({ url, patienceMs = 90_000, askCode }: ClientOptions) {
  const cookies = new Map<string, string>();
  let credentials: { login: string; password: string } | undefined;

  const signIn = async (): Promise<Me> => {
    const response = await send({ method: 'POST', path: '/session', body: credentials }).catch(secondStep);
    return (await response.json()) as Me;
  };

  const secondStep = async (error: unknown): Promise<Response> => {
    if (!(error instanceof ApiError && error.code === 'second_factor_needed' && askCode && credentials)) throw error;
    return send({ method: 'POST', path: '/session/second-factor', body: { code: await askCode(credentials.login) } });
  };

  /** Sends until something answers, the patience ends, or the answer is final. */
  const send = async ({ method, path, body, signal }: Call): Promise<Response> => {
    const key: Record<string, string> = method === 'GET' ? {} : { 'idempotency-key': randomUUID() };
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const attempt = () => {
      const init: RequestInit = {
        method,
        headers: { accept: 'application/json', cookie: [...cookies].map((pair) => pair.join('=')).join('; '), ...key, ...json },
        signal: signal ?? AbortSignal.timeout(60_000),
      };
      return fetch(`${url}/api${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    };
    const response = await withPatience(attempt, { url, patienceMs });
    for (const line of response.headers.getSetCookie()) keep(line);
    if (!response.ok) throw new ApiError(response.status, await problemOf(response));
    return response;
  };

  /** An empty value takes the cookie away. */
  const keep = (line: string): void => {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  };

  const call = async (request: Call): Promise<Response> => {
    try {
      return await send(request);
    } catch (error) {
      if (!(error instanceof ApiError && ['not_signed_in', 'step_up_needed'].includes(error.code) && credentials)) throw error;
      await signIn();
      return send(request);
    }
  };

  return {
    url,
    /** Signs in; later calls are this person's. */
    signIn(login: string, password: string): Promise<Me> {
      credentials = { login, password };
      return signIn();
    },
    async get<T>(path: string): Promise<T> {
      return (await (await call({ method: 'GET', path })).json()) as T;
    },
    async text(path: string): Promise<string> {
      return (await call({ method: 'GET', path })).text();
    },
    /** An open answer, for server-sent events; ends with `signal`. */
    stream: (path: string, signal: AbortSignal): Promise<Response> => call({ method: 'GET', path, signal }),
    post: async <T>(path: string, body: unknown = {}): Promise<T> => contentOf<T>(await call({ method: 'POST', path, body })),
    delete: async <T>(path: string): Promise<T> => contentOf<T>(await call({ method: 'DELETE', path })),
  };
}

const contentOf = async <T>(response: Response): Promise<T> =>
  (response.headers.get('content-type')?.includes('json') ? await response.json() : undefined) as T;

/** Backs off from 0.2 s to 5 s; the server's Retry-After comes first. */
async function withPatience(
  attempt: () => Promise<Response>,
  { url, patienceMs }: Required<Pick<ClientOptions, 'url' | 'patienceMs'>>,
): Promise<Response> {
  const giveUpAt = Date.now() + patienceMs;
  for (let pause = 200; ; pause = Math.min(pause * 2, 5000)) {
    const outcome = await attempt().catch(unreachable);
    if (outcome instanceof Response && isFinal(outcome)) return outcome;
    const asked = outcome instanceof Response ? Number(outcome.headers.get('retry-after') ?? 0) * 1000 : 0;
    const wait = Math.max(asked, pause * (0.75 + Math.random() / 2));
    if (Date.now() + wait > giveUpAt) return outcome instanceof Response ? outcome : gaveUp(url, outcome);
    await delay(wait);
  }
}

/** Not final: nobody serves now (503), or the same call still runs (409 with Retry-After). */
const isFinal = ({ status, headers }: Response): boolean => status !== 503 && !(status === 409 && headers.has('retry-after'));

/** The reason why nothing answered; an error of another kind goes on. */
function unreachable(error: unknown): string {
  const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
  if ((error as Error).name === 'TimeoutError') return 'no answer in time';
  if (error instanceof TypeError && code) return code;
  throw error;
}

function gaveUp(url: string, reason: string): never {
  throw new ApiError(0, {
    code: 'unavailable',
    detail: `Nothing answers at ${url} (${reason}). Start smartCMS (npm start), or name its address with --url.`,
  });
}

async function problemOf(response: Response): Promise<ConstructorParameters<typeof ApiError>[1]> {
  const text = await response.text();
  try {
    return JSON.parse(text) as ConstructorParameters<typeof ApiError>[1];
  } catch {
    return { code: response.status === 503 ? 'unavailable' : 'internal' };
  }
}
