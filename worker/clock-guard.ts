import type { Knex } from 'knex';

import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { clockGapMs, clockToleranceMs } from '../db/clock.ts';
import { failure } from '../domain/errors.ts';

/** Two clocks drift apart slowly; one that is set is noticed at once, by the clock that cannot be set. */
const measureEveryMs = 60_000;
const stepMs = 1_000;

/**
 * Throws `unavailable` while the clock of this host and the database's differ by more than five seconds, and passes again when they agree.
 * Measured once a minute, and whenever the clock here was set.
 */
export function clockGuard(knex: Knex, now: () => number = Date.now): () => Promise<void> {
  let measuredAt = -Infinity;
  let offset = 0;
  return async () => {
    const unset = Math.abs(now() - performance.now() - offset) < stepMs;
    if (unset && performance.now() - measuredAt < measureEveryMs) return;
    if (Math.abs(await clockGapMs(knex, now)) > clockToleranceMs)
      throw failure(
        'unavailable',
        'The clocks of the worker and of the database differ by more than 5 seconds. Set the time of the hosts; it goes on by itself.',
      );
    [measuredAt, offset] = [performance.now(), now() - performance.now()];
  };
}

/** The same CA, which signs nothing that carries a time while the clocks differ. What is urgent, such as a revocation, is still recorded. */
export const signingOnTime = (ca: CertificateAuthority, assertClock: () => Promise<void>): CertificateAuthority => ({
  capabilities: ca.capabilities,
  certificate: () => ca.certificate(),
  submit: async (order, clientRef) => (await assertClock(), ca.submit(order, clientRef)),
  lookup: (clientRef) => ca.lookup(clientRef),
  revoke: (serial, reason) => ca.revoke(serial, reason),
  suspend: (serial) => ca.suspend(serial),
  reactivate: (serial) => ca.reactivate(serial),
  status: (serial) => ca.status(serial),
  publish: async () => (await assertClock(), ca.publish()),
});
