import createClient from 'openapi-fetch';

import { Problem } from './problem.ts';
import type { paths } from './schema.d.ts';

/** The one caller of fetch; its operations are those of api/openapi.json. */
export const client = createClient<paths>({ baseUrl: '/api', credentials: 'same-origin' });

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
