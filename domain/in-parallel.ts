/** Runs `work` on every item, at most `jobs` at a time, in order; after `signal` aborts none is begun. Resolves when those begun are done. */
export async function inParallel<T>(
  items: Iterable<T>,
  { jobs, signal }: { jobs: number; signal?: AbortSignal },
  work: (item: T) => Promise<void>,
) {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done && !signal?.aborted; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}
