import type { ZodOpenApiResponseObject } from 'zod-openapi';

import { errorCodes, type ErrorCode } from '../domain/errors.ts';
import type { AnyOperation } from './operation.ts';
import { Problem } from './schemas/problem.ts';

/** Every problem document that an operation may answer with, by status; nothing else comes but its own answer. */
export function problemAnswers(o: AnyOperation): Record<string, ZodOpenApiResponseObject> {
  const statuses = [...new Set(codesOf(o).map((code) => errorCodes[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => [String(status), problems[status] as ZodOpenApiResponseObject]));
}

/** One code for each status is enough to name it here; what an operation alone can answer stands at its declaration. */
function codesOf(o: AnyOperation): ErrorCode[] {
  const everywhere: ErrorCode[] = ['malformed_request', 'too_large', 'unsupported_media_type', 'internal', 'unavailable'];
  const guarded: ErrorCode[] =
    o.permission === 'public'
      ? []
      : ['not_signed_in', 'forbidden', 'too_many_attempts', ...(o.stepUp ? (['step_up_needed'] as const) : [])];
  const found: ErrorCode[] = o.params ? ['not_found'] : [];
  const edits: ErrorCode[] = o.edits ? ['version_conflict', 'version_required'] : [];
  return [...everywhere, ...guarded, ...found, ...edits, ...(o.method === 'get' ? [] : writes(o)), ...(o.refusals ?? [])];
}

/** Whoever signs in or out changes nothing that another could have changed first. */
const writes = (o: AnyOperation): ErrorCode[] => [
  'cross_site',
  'invalid_input',
  ...(o.permission === 'public' ? [] : (['not_found', 'wrong_state'] as const)),
];

const codesBy = Map.groupBy(Object.keys(errorCodes) as ErrorCode[], (code) => errorCodes[code].status);

const problems = Object.fromEntries(
  [...codesBy].map(([status, codes]) => [
    status,
    {
      id: `Problem${status}`,
      description: `Problem document (RFC 9457): ${codes.join(', ')}`,
      content: { 'application/problem+json': { schema: Problem } },
    },
  ]),
) satisfies Record<number, ZodOpenApiResponseObject>;
