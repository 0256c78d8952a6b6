import { setTimeout as pause } from 'node:timers/promises';

import { errorCodeOf, type ErrorCode } from '../../domain/errors.ts';

export interface HealthCheck {
  name: string;
  /** Throws when the service cannot be used; the message is for operators and holds no secret. */
  check: () => Promise<unknown>;
}

export interface ServiceHealth {
  name: string;
  state: 'ok' | 'slow' | 'down';
  detail: string;
  /** Of what kind the trouble is, when the service said so itself. */
  reason?: ErrorCode;
}

export interface Health {
  /** All services, asked at the same time; the answer is kept for two seconds, so asking often costs nothing. */
  report(): Promise<ServiceHealth[]>;
}

const timeoutMs = 2_000;
const slowMs = 500;
const keptMs = 2_000;

export function healthOf(checks: readonly HealthCheck[]): Health {
  let last: { at: number; report: Promise<ServiceHealth[]> } | undefined;
  return {
    report: () => {
      if (!last || performance.now() - last.at > keptMs) last = { at: performance.now(), report: Promise.all(checks.map(ask)) };
      return last.report;
    },
  };
}

async function ask({ name, check }: HealthCheck): Promise<ServiceHealth> {
  const started = performance.now();
  const giveUp = new AbortController();
  const late = pause(timeoutMs, 'late' as const, { signal: giveUp.signal, ref: false });
  try {
    const outcome = await Promise.race([check(), late]);
    const ms = Math.round(performance.now() - started);
    if (outcome === 'late') return { name, state: 'down', detail: `no answer in ${timeoutMs / 1000} s` };
    return { name, state: ms > slowMs ? 'slow' : 'ok', detail: `${ms} ms` };
  } catch (error) {
    const reason = errorCodeOf(error);
    return { name, state: 'down', detail: 'does not answer as it should', ...(reason && { reason }) };
  } finally {
    giveUp.abort();
    late.catch(() => undefined);
  }
}
