import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';

import { mayBeOnKey } from '../domain/api-key.ts';
import { problemAnswers } from './openapi-problems.ts';
import type { AnyOperation, Guard } from './operation.ts';

/** The OpenAPI 3.1 document of these operations; the name of each is its operationId. `cookie` is the one that holds the session. */
export function openApi(operations: Record<string, AnyOperation>, cookie = '__Host-sid'): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, o] of Object.entries(operations)) {
    paths[o.path] = { ...paths[o.path], [o.method]: operationObject(name, o) };
  }
  const document = {
    openapi: '3.1.1' as const,
    info: {
      title: 'smartCMS',
      version: '1',
      description: 'Every call of the console, the portal and the command line. Lists are keyset-paged.',
    },
    servers: [{ url: '/api' }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookie }, apiKey: { type: 'http', scheme: 'bearer' } },
    },
  } satisfies ZodOpenApiObject;
  return createDocument(document, { override: ({ jsonSchema }) => void (jsonSchema.format && delete jsonSchema.pattern) });
}

function operationObject(name: string, o: AnyOperation): ZodOpenApiOperationObject {
  return {
    operationId: name,
    tags: [o.path.split('/')[1] ?? ''],
    summary: o.summary,
    'x-permission': o.permission,
    security: waysIn(o),
    requestParams: {
      ...(o.params && { path: o.params as z.ZodObject }),
      ...(o.query && { query: o.query as z.ZodObject }),
      ...headersOf(o),
    },
    ...(o.takesFile && {
      requestBody: { required: true, content: { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } } },
    }),
    ...(o.body && { requestBody: { required: true, content: { [o.requestType ?? 'application/json']: { schema: o.body } } } }),
    responses: { [String(statusOf(o))]: answer(o), ...problemAnswers(o) },
  };
}

const waysIn = ({ permission }: AnyOperation): Record<string, never[]>[] =>
  permission === 'public' ? [] : takesKeys(permission) ? [{ session: [] }, { apiKey: [] }] : [{ session: [] }];
const takesKeys = (guard: Guard) => guard !== 'public' && guard !== 'signed_in' && mayBeOnKey(guard);

export const statusOf = (o: AnyOperation): number => o.status ?? (o.response ? 200 : 204);

const answer = (o: AnyOperation) => {
  if (!o.response) return { description: 'Done' };
  if (o.status === 303) return { description: 'The browser goes on', headers: { Location: { schema: { type: 'string' as const } } } };
  const type = o.responseType ?? 'application/json';
  if (type !== 'application/json') return { description: type, content: { [type]: { schema: { type: 'string' as const } } } };
  return { description: 'OK', content: { [type]: { schema: o.response } } };
};

function headersOf(o: AnyOperation): { header?: z.ZodObject } {
  if (o.method === 'get') return {};
  const ifMatch = z.string().meta({ description: 'ETag of the version that is edited' });
  const key = z.string().max(100).optional().meta({ description: 'Same key and same call: the same answer, done once' });
  return { header: z.object({ 'Idempotency-Key': key, ...(o.edits && { 'If-Match': ifMatch }) }) };
}
