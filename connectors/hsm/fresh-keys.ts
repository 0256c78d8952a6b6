import type { DataKeys } from './data-keys.ts';

/** Well below the time after which a new key may be written with (`db/stores/data-keys.ts`), so that readers come first. */
const everyMs = 10_000;

/** Keeps the rings up to date until the returned function is called. A reading that fails is told and repeated: the old keys serve meanwhile. */
export function keepFresh(rings: readonly DataKeys[], tell: (error: unknown) => void): () => void {
  const timer = setInterval(() => void Promise.all(rings.map((ring) => ring.refresh())).catch(tell), everyMs).unref();
  return () => clearInterval(timer);
}
