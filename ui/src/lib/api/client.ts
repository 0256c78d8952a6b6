import createClient from 'openapi-fetch';

import type { ProofWay } from '#domain/authentication.ts';
import { stepUp } from '#lib/state/step-up.svelte.ts';

import { Problem } from './problem.ts';
import type { paths } from './schema.d.ts';

/** What the API wants a fresh proof for is asked of the person, then sent again as it was. */
async function provingFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 403) return response;
  const { code, ways } = (await response.clone().json()) as { code?: string; ways?: ProofWay[] };
  if (code !== 'step_up_needed' || !(await stepUp.ask(ways ?? []))) return response;
  return fetch(again);
}

/** The one caller of fetch; its operations are those of api/openapi.json. */
export const client = createClient<paths>({ baseUrl: '/api', credentials: 'same-origin', fetch: provingFetch });

// The id under which the server logs the call and all that it causes; known here even when no answer comes.
client.use({ onRequest: ({ request }) => request.headers.set('X-Request-Id', crypto.randomUUID()) });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer; throws a Problem otherwise, also when no answer came. */
export async function body<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call.catch(() => {
    throw new Problem(0, undefined);
  });
  if (!response.ok) throw new Problem(response.status, error);
  return data as T;
}

/** Headers of a write: the same `key` for the same attempt. */
export const write = (key: string) => ({ 'Idempotency-Key': key });
/** Headers of an edit: also the version that was read. */
export const edit = (key: string, version: number) => ({ ...write(key), 'If-Match': `"${version}"` });
