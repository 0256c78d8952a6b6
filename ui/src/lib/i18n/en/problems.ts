import type { ProblemCode } from '#lib/api/problem.ts';

/** Each expected failure: what happened and what to do. Where the API says more, its sentence follows. */
export const problems: Record<ProblemCode, string> = {
  invalid_input: 'Some data are not valid: correct what is marked',
  malformed_request: 'The request could not be read: reload the page and try again',
  not_signed_in: 'Your session ended: sign in again',
  sign_in_failed: 'User name or password is wrong',
  source_refused: 'You are known there, but not here: none of your groups has a role, or you were switched off. Ask an administrator',
  certificate_refused:
    'This certificate signs nobody in: insert the card you were given, active and not suspended, or use user name and password',
  forbidden: 'Your role does not allow this',
  cross_site: 'The call came from another site: open the console in its own tab',
  not_found: 'Not found, or not visible to you',
  method_not_allowed: 'The server does not know this action: reload the page',
  wrong_state: 'Not possible in the present state: reload to see what changed',
  already_decided: 'Already decided: reload to see by whom',
  duplicate: 'It exists already',
  idempotency_conflict: 'This was already sent with other content: reload and look before sending again',
  own_request: 'Another officer must decide: you registered it or it is for you',
  own_rights: 'Nobody changes their own rights: ask another administrator',
  beyond_own_rights: 'You give at most what you hold yourself, in your units',
  last_administrator: 'Nobody else administers the whole organisation: give this to somebody first',
  version_conflict: 'Somebody changed it in the meantime: reload, then repeat your change',
  version_required: 'Reload the page, then repeat your change',
  too_large: 'Too large: send less',
  unsupported_media_type: 'The server does not take this kind of file',
  still_running: 'The same call still runs: wait a moment, then reload',
  too_many_attempts: 'Too many attempts: wait a little, then try again',
  not_supported: 'The device or the CA cannot do this',
  ca_refused: 'The CA refused',
  policy_violation: 'The profile does not allow this',
  csr_invalid: 'The certificate request of the card is not valid',
  code_wrong: 'The activation code is wrong: read it again in the mail',
  link_over: 'This link was used already, or its half hour is over: ask for a new one on the sign-in page',
  password_wrong: 'That is not the password you have now',
  pin_incorrect: 'Wrong PIN',
  pin_blocked: 'The PIN is blocked: unblock it with the PUK',
  puk_blocked: 'The PUK is blocked: the card must be replaced',
  pin_policy: 'The PIN does not follow the rules',
  card_absent: 'No card in the reader: insert it and continue',
  card_mismatch: 'Another card is in the reader: insert the right one',
  card_fault: 'The card does not answer as it should: scrap it and take another',
  stock_empty: 'No blank device is left at this station: choose another one or refill the stock',
  already_printed: 'The PIN mailer was already printed. If it is lost, scrap the card and make another',
  hsm_unavailable: 'The HSM does not answer. Nothing is lost: we keep trying',
  hsm_pin_incorrect: 'The HSM refuses its PIN: tell the administrator. It is not tried again until the PIN file is corrected',
  hsm_key_missing: 'The HSM lacks a key: tell the administrator. We keep looking for it',
  unavailable: 'A service does not answer: try again in a minute',
  internal: 'Something broke on the server. Nothing was changed halfway: try again, then tell the administrator',
  unreachable: 'The server does not answer. Check the network, then try again',
};

/** Sentences of the domain's own checks that fit a form less than a file; the others need no translation here. */
export const messages: Record<string, string> = { 'Write a date as YYYY-MM-DD': 'Write the whole date: day, month and year' };
/** Sentences with a bound in them. */
export const bounds: [RegExp, (b: string) => string][] = [
  [/^At most (\d+) characters$/, (b) => `At most ${b} characters`],
  [/^At least (\d+) characters$/, (b) => `At least ${b} characters`],
  [/^At most (-?[\d.]+)$/, (b) => `At most ${b}`],
  [/^At least (-?[\d.]+)$/, (b) => `At least ${b}`],
  [/^Not before ([\d-]+)$/, (b) => `Not before ${b}`],
  [/^Not after ([\d-]+)$/, (b) => `Not after ${b}`],
];
