/**
 * Answers each key from one call of `load` for all keys that were asked in the same turn of the event loop: many callers at once cost the
 * database one statement. A key that `load` does not answer is undefined; if `load` fails, all its callers fail.
 */
export function batched<T>(load: (keys: string[]) => Promise<ReadonlyMap<string, T>>): (key: string) => Promise<T | undefined> {
  let batch: { keys: Set<string>; answers: Promise<ReadonlyMap<string, T>> } | undefined;
  return async (key) => {
    batch ??= begin();
    batch.keys.add(key);
    return (await batch.answers).get(key);
  };

  function begin() {
    const keys = new Set<string>();
    const answers = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      batch = undefined;
      return load([...keys]);
    });
    return { keys, answers };
  }
}
