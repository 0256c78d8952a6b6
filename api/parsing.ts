import { z } from 'zod';

import { failure, type FieldError } from '../domain/errors.ts';

const nothing = z.strictObject({});

/** Query and path: wrong is 400, the address itself is malformed. */
export const parseAddress = (schema: z.ZodType | undefined, value: unknown): unknown =>
  parsed(schema ?? nothing, value, (errors) =>
    failure('malformed_request', 'The address has parameters that are wrong. See errors.', errors),
  );

/** Body: well-formed but wrong is 422, with a pointer for each field. */
export const parseBody = (schema: z.ZodType | undefined, value: unknown): unknown =>
  parsed(schema ?? nothing, value, (errors) => failure('invalid_input', 'Some fields are wrong. Correct them and send again.', errors));

function parsed(schema: z.ZodType, value: unknown, refuse: (errors: FieldError[]) => Error): unknown {
  const result = schema.safeParse(value ?? {});
  if (!result.success) throw refuse(result.error.issues.flatMap(fieldErrors));
  return result.data;
}

/** An unknown property is named where it stands, not at its parent. */
function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), message: 'This field is not known here' }));
  }
  return [{ pointer: pointer(issue.path), message: issue.message }];
}

/** JSON pointer, RFC 6901. */
const pointer = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The version in an If-Match header: `"7"`. */
export function parseIfMatch(header: string): number {
  if (header === '') throw failure('version_required', 'Send the ETag of what you edit as If-Match.');
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw failure('malformed_request', 'If-Match must be an ETag as received, such as "7".');
  return Number(version);
}

/** RFC draft-ietf-httpapi-idempotency-key-header; any printable key of reasonable length. */
export function parseIdempotencyKey(header: string): string | undefined {
  if (header === '') return undefined;
  if (!/^[\x21-\x7e]{1,100}$/.test(header))
    throw failure('malformed_request', 'Idempotency-Key must be 1 to 100 printable characters, such as a UUID.');
  return header;
}
