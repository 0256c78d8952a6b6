import { ApplicationFailure } from '@temporalio/common';

/**
 * The one table of expected failures. The same code reaches workflows, the API (as `code` of a problem
 * document), the console and the command line; `status` is its HTTP status, `title` the short English name.
 */
export const errorCodes = {
  invalid_input: { status: 422, title: 'The data are not valid' },
  malformed_request: { status: 400, title: 'The request cannot be read' },
  not_signed_in: { status: 401, title: 'Sign in first' },
  sign_in_failed: { status: 401, title: 'User name or password is wrong' },
  source_failed: { status: 403, title: 'The sign-in there did not succeed' },
  source_refused: { status: 403, title: 'Known there, but without a role here' },
  certificate_refused: { status: 403, title: 'The certificate signs nobody in' },
  forbidden: { status: 403, title: 'Your role does not allow this' },
  cross_site: { status: 403, title: 'The call came from another site' },
  not_found: { status: 404, title: 'Not found, or not visible to you' },
  method_not_allowed: { status: 405, title: 'The address does not take this method' },
  wrong_state: { status: 409, title: 'Not possible in the present state' },
  already_decided: { status: 409, title: 'Already decided' },
  duplicate: { status: 409, title: 'It exists already' },
  idempotency_conflict: { status: 409, title: 'The idempotency key was used for another call' },
  own_request: { status: 403, title: 'Nobody decides on what they registered or what is for themselves' },
  own_rights: { status: 403, title: 'Nobody changes their own rights' },
  beyond_own_rights: { status: 403, title: 'Nobody gives more than they hold' },
  duties_conflict: { status: 403, title: 'Separation of duties: nobody holds both' },
  last_administrator: { status: 409, title: 'Somebody must be left who administers' },
  still_running: { status: 409, title: 'The first call still runs' },
  version_conflict: { status: 412, title: 'Changed by somebody else in the meantime' },
  version_required: { status: 428, title: 'Say which version you edit (If-Match)' },
  too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'Send application/json' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
  not_supported: { status: 422, title: 'The device or the CA cannot do this' },
  ca_refused: { status: 422, title: 'The CA refused' },
  policy_violation: { status: 422, title: 'Not allowed by the profile' },
  csr_invalid: { status: 422, title: 'The certificate request is not valid' },
  code_wrong: { status: 422, title: 'The activation code is wrong' },
  pin_incorrect: { status: 422, title: 'Wrong PIN' },
  pin_blocked: { status: 423, title: 'The PIN is blocked' },
  puk_blocked: { status: 423, title: 'The PUK is blocked: the card is lost' },
  pin_policy: { status: 422, title: 'The PIN does not follow the policy' },
  card_absent: { status: 409, title: 'No card in the reader' },
  card_mismatch: { status: 409, title: 'Another card is in the reader' },
  card_fault: { status: 409, title: 'The card does not answer as it should' },
  stock_empty: { status: 409, title: 'No blank device left at this station' },
  link_over: { status: 410, title: 'The link was used, or its time is over' },
  second_factor_needed: { status: 401, title: 'One more step: the second factor' },
  second_factor_required: { status: 403, title: 'Your role needs a second factor' },
  step_up_needed: { status: 403, title: 'Prove again who you are' },
  sign_in_over: { status: 401, title: 'The sign-in took too long' },
  factor_wrong: { status: 422, title: 'The code is wrong' },
  password_wrong: { status: 422, title: 'The password is wrong' },
  already_printed: { status: 410, title: 'Printed once and gone' },
  hsm_unavailable: { status: 503, title: 'The HSM does not answer' },
  hsm_pin_incorrect: { status: 503, title: 'The HSM refuses its PIN' },
  hsm_key_missing: { status: 503, title: 'The HSM lacks a key' },
  unavailable: { status: 503, title: 'A service does not answer' },
  internal: { status: 500, title: 'Internal error' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** One field that is wrong: where (a JSON pointer such as `/holder/taxCode`) and what to do about it. */
export interface FieldError {
  pointer: string;
  message: string;
}

/**
 * An expected failure: final, never retried, safe to show. The message says what to do next and holds neither
 * secrets nor personal data. `type` is what crosses Temporal; for any other Error only its class name would.
 */
export const failure = (type: ErrorCode, message: string, errors: FieldError[] = []): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nonRetryable: true, details: errors });

export const isErrorCode = (type: unknown): type is ErrorCode => typeof type === 'string' && Object.hasOwn(errorCodes, type);

/** The fields that an expected failure points at. */
export const fieldErrorsOf = (error: unknown): FieldError[] =>
  error instanceof ApplicationFailure
    ? (error.details ?? []).filter((d): d is FieldError => typeof d === 'object' && d !== null && 'pointer' in d && 'message' in d)
    : [];

/** The code of an expected failure (also of one wrapped by Temporal), or undefined for a defect. */
export function errorCodeOf(error: unknown): ErrorCode | undefined {
  for (let e = error; e instanceof Error; e = (e as { cause?: unknown }).cause) {
    if (e instanceof ApplicationFailure && isErrorCode(e.type)) return e.type;
  }
  return undefined;
}
