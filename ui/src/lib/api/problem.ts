import type { ErrorCode, FieldError } from '#domain/errors.ts';

/** Codes that only the browser knows: no answer came, or one that is not ours. */
export type ProblemCode = ErrorCode | 'unreachable';

interface ProblemBody {
  code?: unknown;
  title?: unknown;
  detail?: unknown;
  errors?: unknown;
}

/** A failure as the API tells it (RFC 9457), or the lack of an answer. `errors` point into the body that was sent. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string;
  readonly errors: FieldError[];
  /** The whole document, for extensions such as `existing`. */
  readonly body: Record<string, unknown>;

  constructor(status: number, body: unknown) {
    const known = (typeof body === 'object' && body !== null ? body : {}) as ProblemBody & Record<string, unknown>;
    super(typeof known.title === 'string' ? known.title : 'No answer');
    this.status = status;
    this.code = typeof known.code === 'string' ? (known.code as ProblemCode) : status === 0 ? 'unreachable' : 'internal';
    this.detail = typeof known.detail === 'string' ? known.detail : '';
    this.errors = Array.isArray(known.errors) ? (known.errors as FieldError[]) : [];
    this.body = known;
  }
}

/** Whatever was thrown, as a Problem. */
export const asProblem = (error: unknown): Problem => (error instanceof Problem ? error : new Problem(0, undefined));
