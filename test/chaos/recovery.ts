import { setTimeout as delay } from 'node:timers/promises';

import type { Storm } from './storm.ts';

const REST_MS = 3000;

/**
 * Kills each part of the otherwise idle system `times` times, and measures how long it takes until a probe that begins at that moment has gone
 * through all parts. In seconds, by part.
 */
export async function recoveries(
  storm: Storm,
  { parts, times, probe }: { parts: readonly string[]; times: number; probe: () => Promise<unknown> },
): Promise<Record<string, number[]>> {
  const measured: Record<string, number[]> = {};
  for (const part of parts) {
    for (let n = 0; n < times; n++) {
      await probe();
      await delay(REST_MS);
      storm.hit(part);
      const began = performance.now();
      await probe();
      (measured[part] ??= []).push(Math.round((performance.now() - began) / 100) / 10);
    }
  }
  return measured;
}
