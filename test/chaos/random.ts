/** Random numbers that a seed repeats: the same seed, the same choices in the same order. */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  /** One of the items, each as likely as its weight. */
  pick<T>(items: readonly (readonly [item: T, weight: number])[]): T;
  /** A time between events that come independently of each other, `mean` apart on average. */
  pause(mean: number): number;
}

/** Mulberry32: small, and good enough to choose victims. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    pick: (items) => {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      const found = items.find(([, weight]) => (left -= weight) < 0) ?? items.at(-1);
      if (!found) throw new Error('nothing to pick from');
      return found[0];
    },
    pause: (mean) => -mean * Math.log(1 - next()),
  };
}
