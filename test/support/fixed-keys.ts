import type { KeyRing } from '../../domain/key-ring.ts';

/** A ring of given keys that learns no others. */
export const fixedKeys = (current: string, keys: ReadonlyMap<string, Buffer>): KeyRing => ({
  current,
  key: async (id) => keys.get(id) ?? Promise.reject(new Error(`the data key ${id} is not known`)),
});
