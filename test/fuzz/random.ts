/** Numbers that a seed decides: what was found is found again with the same seed. */
export interface Random {
  /** A whole number from 0 up to, but not including, the limit. */
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
  chance(oneIn: number): boolean;
  bytes(length: number): Buffer;
}

/** Mulberry32 over a hash of the seed and the name of what is fuzzed. */
export function randomFrom(seed: number, name: string): Random {
  let state = [...name].reduce((hash, c) => Math.imul(hash ^ c.charCodeAt(0), 0x01000193), seed | 0);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
    chance: (oneIn) => below(oneIn) === 0,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
