import { failure } from '../domain/errors.ts';
import { holderProblems, type HolderData } from '../domain/holder.ts';

/** The calendar day at the registering offices; `sv-SE` writes ISO dates. */
const today = (): string => new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Rome' });

/** Throws `invalid_input` when a rule that needs today's date is broken; `at` is the pointer of the holder in the body. */
export function assertHolderRules(data: HolderData, at: string): void {
  const errors = holderProblems(data, today()).map(({ pointer, message }) => ({ pointer: `${at}${pointer}`, message }));
  if (errors.length > 0) throw failure('invalid_input', 'Some fields are wrong. Correct them and send again.', errors);
}
