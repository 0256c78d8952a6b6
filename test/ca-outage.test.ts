import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { delayBefore } from '../activities/waiting.ts';
import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { guardedCa } from '../connectors/ca/guarded-ca.ts';

const HOUR = 3_600_000;
const WAITING = 400;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Only what is asked here; the outage is the CA's, the guard and the plan of the attempts are the product's. */
function outage() {
  const probes: number[] = [];
  let isDown = true;
  const lookup = () => {
    if (!isDown) return Promise.resolve({ state: 'unknown_order' as const });
    probes.push(performance.now());
    return Promise.reject(new Error('connect ECONNREFUSED'));
  };
  return { ca: guardedCa({ lookup } as unknown as CertificateAuthority), probes, end: () => (isDown = false) };
}

/** One certificate that waits: asks, and asks again when `retrying` would. Resolves to the time of the answer. */
async function waits(ca: CertificateAuthority, ref: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      await ca.lookup(ref);
      return performance.now();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, delayBefore(attempt + 1)));
    }
  }
}

test('a CA that is down for an hour is asked once in ten seconds; all that waited goes on within a minute of its return, not in one rush', async () => {
  const { ca, probes, end } = outage();
  const answers = Promise.all(Array.from({ length: WAITING }, (_, n) => waits(ca, String(n))));
  await vi.advanceTimersByTimeAsync(HOUR);
  const gaps = probes.slice(WAITING).map((time, n) => time - (probes[WAITING + n - 1] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
  expect(probes.length).toBeLessThanOrEqual(WAITING + HOUR / 10_000);
  end();
  const back = performance.now();
  await vi.advanceTimersByTimeAsync(60_000);
  const after = (await answers).map((time) => time - back);
  expect(Math.max(...after)).toBeLessThanOrEqual(45_000);
  for (let second = 0; second < 60; second++) {
    expect(after.filter((time) => time >= second * 1000 && time < (second + 1) * 1000).length).toBeLessThan(WAITING / 8);
  }
});
