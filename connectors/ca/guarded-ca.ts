import { errorCodeOf, failure } from '../../domain/errors.ts';
import type { CertificateAuthority } from './ca.ts';

export interface Patience {
  /** How long one question may take. What the CA does after that is learned by `lookup`. */
  answerMs: number;
  /** How long a CA is left alone that gave no answer `failures` times in a row; then one question goes through to see whether it is back. */
  restMs: number;
  failures: number;
}

const usual: Patience = { answerMs: 30_000, restMs: 10_000, failures: 3 };

/**
 * The same CA, asked with measure: a question ends after a time, and a CA that is down is asked one question in ten seconds by a process, not
 * one for each certificate that waits. All others get `unavailable` at once.
 */
export function guardedCa(ca: CertificateAuthority, patience: Patience = usual): CertificateAuthority {
  const ask = breaker(patience);
  return {
    capabilities: ca.capabilities,
    certificate: () => ca.certificate(),
    submit: (order, clientRef) => ask(() => ca.submit(order, clientRef)),
    lookup: (clientRef) => ask(() => ca.lookup(clientRef)),
    revoke: (serial, reason) => ask(() => ca.revoke(serial, reason)),
    suspend: (serial) => ask(() => ca.suspend(serial)),
    reactivate: (serial) => ask(() => ca.reactivate(serial)),
    status: (serial) => ask(() => ca.status(serial)),
    publish: () => ask(() => ca.publish()),
  };
}

type Ask = <T>(question: () => Promise<T>) => Promise<T>;

function breaker({ answerMs, restMs, failures }: Patience): Ask {
  let unanswered = 0;
  let restsUntil = 0;
  return async (question) => {
    if (unanswered >= failures) {
      if (performance.now() < restsUntil) throw failure('unavailable', 'The CA does not answer.');
      // The question that finds out; whoever comes meanwhile waits for its answer.
      restsUntil = performance.now() + restMs;
    }
    try {
      const answer = await within(answerMs, question());
      unanswered = 0;
      return answer;
    } catch (error) {
      if (isAnswer(error)) unanswered = 0;
      else if (++unanswered >= failures) restsUntil = performance.now() + restMs;
      throw errorCodeOf(error) ? error : Object.assign(failure('unavailable', 'The CA gave no answer.'), { cause: error });
    }
  };
}

/** Refusals are answers; so is what our own HSM says, which is no matter of the CA. */
function isAnswer(error: unknown): boolean {
  const code = errorCodeOf(error);
  return code !== undefined && code !== 'unavailable';
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure('unavailable', 'The CA did not answer in time.')), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
