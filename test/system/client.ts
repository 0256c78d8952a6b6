import { inject } from 'vitest';
import type { z } from 'zod';

import type { RequestDetail as Detail } from '../../api/schemas/request.ts';
import { plant, seen } from './plant.ts';
import { assertDeclared } from '../support/api-document.ts';

export type RequestDetail = z.infer<typeof Detail>;

/** A refusal: its status and the problem document. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, problem: { code: string; detail?: string }) {
    super(`${status} ${problem.code}: ${problem.detail ?? ''}`);
    this.status = status;
    this.code = problem.code;
  }
}

export type Person = ReturnType<typeof person>;

/** What is secret in a body. */
function plantSecrets(body: object): void {
  const { pin, code, password } = body as Record<'pin' | 'code' | 'password', string | undefined>;
  if (pin) plant('PIN', pin);
  if (code) plant('activation code', code);
  if (password) plant('password', password);
}

/** One person at the API, with a session cookie of its own. Each write is sent once. */
export function person() {
  let cookie = '';
  async function call(
    method: string,
    path: string,
    { body, version }: { body?: unknown; version?: number | undefined } = {},
  ): Promise<Response> {
    const headers: Record<string, string> = { cookie };
    if (path === '/session' || path === '/portal/activation') plantSecrets(body as object);
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (version !== undefined) headers['if-match'] = `"${version}"`;
    const response = await fetch(`${inject('system').url}/api${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      text: await response.clone().text(),
    };
    assertDeclared({ method, path: new URL(response.url).pathname }, answer);
    if (!response.ok) {
      const problem = await response.text();
      seen('refusals', problem);
      throw new Refusal(response.status, JSON.parse(problem) as { code: string });
    }
    const [set] = response.headers.getSetCookie();
    if (set) {
      cookie = set.split(';')[0] ?? '';
      const token = cookie.split('=')[1];
      if (token) plant('session', token);
    }
    return response;
  }
  const json = async <T>(response: Promise<Response>): Promise<T> => {
    const text = await (await response).text();
    return (text ? JSON.parse(text) : undefined) as T;
  };
  return {
    signIn: (login: string, password: string) => call('POST', '/session', { body: { login, password } }),
    get: <T>(path: string): Promise<T> => json<T>(call('GET', path)),
    post: <T>(path: string, body: unknown = {}, version?: number): Promise<T> => json<T>(call('POST', path, { body, version })),
    put: (path: string, body: unknown, version?: number): Promise<void> => json<void>(call('PUT', path, { body, version })),
    delete: <T>(path: string): Promise<T> => json<T>(call('DELETE', path)),
    text: async (path: string): Promise<string> => (await call('GET', path)).text(),
    /** What a POST answers with bytes, such as a PDF. */
    bytes: async (path: string): Promise<Buffer> => Buffer.from(await (await call('POST', path, { body: {} })).arrayBuffer()),
  };
}
