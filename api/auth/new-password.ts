import { failure } from '../../domain/errors.ts';
import { passwordAdvice, passwordProblem } from '../../domain/password.ts';

/** Throws `invalid_input` for a password that is easy to guess for whoever knows the person. */
export function assertGoodPassword(password: string, person: { login: string; names: string }): void {
  const problem = passwordProblem(password, [person.login, person.names]);
  if (!problem) return;
  const message = passwordAdvice[problem];
  throw failure('invalid_input', `${message}.`, [{ pointer: '/password', message }]);
}
