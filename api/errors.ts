import { ServiceError, WorkflowNotFoundError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { HttpError } from 'koa';

import type { ProofWay } from '../domain/authentication.ts';
import { isDatabaseTrouble } from '../db/trouble.ts';
import { errorCodes, fieldErrorsOf, isErrorCode, type ErrorCode, type FieldError } from '../domain/errors.ts';
import type { Problem } from './schemas/problem.ts';

/** What a refusal may carry beside its message. */
export interface Extension {
  /** With `duplicate`: what exists already. */
  existing?: string;
  /** With `second_factor_needed` and `step_up_needed`: how to prove who one is. */
  ways?: ProofWay[];
  /** With 429 and 503: becomes the header Retry-After. */
  retryAfterSeconds?: number;
}

/** `failure` of domain/errors with an extension for the problem document. */
export const refusal = (type: ErrorCode, message: string, extension: Extension): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nonRetryable: true, details: [extension] });

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Problem;
}

/** The only place where an error becomes an answer. What is not expected is a bare 500: nothing of it leaves. */
export function answerTo(error: unknown, requestId: string): Answer {
  const { code, detail, errors, extension } = describe(error);
  const { status, title } = errorCodes[code];
  const { retryAfterSeconds = pauses[code], existing, ways } = extension;
  return {
    status,
    headers: retryAfterSeconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
    body: {
      type: `urn:smartcms:problem:${code}`,
      title,
      status,
      code,
      detail,
      instance: `urn:uuid:${requestId}`,
      ...(errors.length > 0 && { errors }),
      ...(existing !== undefined && { existing }),
      ...(ways !== undefined && { ways }),
    },
  };
}

interface Description {
  code: ErrorCode;
  detail: string;
  errors: FieldError[];
  extension: Extension;
}

function describe(error: unknown): Description {
  for (let e = error; e instanceof Error; e = e.cause) {
    if (e instanceof ApplicationFailure && isErrorCode(e.type)) return expected(e.type, e);
  }
  const code = codeOfForeign(error);
  return { code, detail: details[code] ?? errorCodes[code].title, errors: [], extension: {} };
}

function expected(code: ErrorCode, error: ApplicationFailure): Description {
  const details = (error.details ?? []).filter((d) => typeof d === 'object' && d !== null);
  return {
    code,
    detail: error.message,
    errors: fieldErrorsOf(error),
    extension: Object.assign({}, ...details.filter((d) => !('pointer' in d))) as Extension,
  };
}

/** After how many seconds the same call may be sent again. */
const pauses: Partial<Record<ErrorCode, number>> = { still_running: 2, unavailable: 5 };

const details: Partial<Record<ErrorCode, string>> = {
  malformed_request: 'Send well-formed JSON to an address of the API.',
  too_large: 'Send less than 256 kB.',
  unavailable: 'A service behind the API does not answer. Nothing is lost; try again in a moment.',
  wrong_state: 'The process has ended, or another change came first. Reload to see its present state.',
  internal: 'Something failed that should not. It is recorded under the id in `instance`.',
};

/** Errors of libraries whose meaning is known. */
function codeOfForeign(error: unknown): ErrorCode {
  if (error instanceof WorkflowNotFoundError) return 'wrong_state';
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isUnreachable(error)) return 'unavailable';
  if (error instanceof HttpError && error.expose) return byStatus[error.status] ?? 'malformed_request';
  return error instanceof URIError ? 'malformed_request' : 'internal';
}

const byStatus: Record<number, ErrorCode> = {
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported_media_type',
};

/**
 * gRPC UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, and FAILED_PRECONDITION (the worker died with the process in its hands, and the next
 * one has not taken it up); or a database that cannot serve now.
 */
function isUnreachable(error: unknown): boolean {
  if (error instanceof ServiceError) return [4, 8, 9, 14].includes(Number((error.cause as { code?: unknown } | undefined)?.code));
  return error instanceof Error && isDatabaseTrouble(error);
}
