/** Runs `work` on every item, at most `jobs` at a time, in order; after `signal` aborts none is begun. Resolves when those begun are done. */
export async function inParallel<T>(
  items: readonly T[],
  { jobs, signal }: { jobs: number; signal?: AbortSignal },
  work: (item: T) => Promise<void>,
) {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) {
      if (signal?.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
}
