import { untrack } from 'svelte';

/** Several tables may stand on a page; J and K move in the one that had the focus last, else in the first. */
class Tables {
  #all = $state.raw<string[]>([]);
  #last = $state<string>();

  add(id: string): () => void {
    this.#all = [...untrack(() => this.#all), id];
    return () => (this.#all = untrack(() => this.#all).filter((t) => t !== id));
  }
  focused(id: string) {
    this.#last = id;
  }
  listens(id: string): boolean {
    return this.#last !== undefined && this.#all.includes(this.#last) ? this.#last === id : this.#all[0] === id;
  }
}

export const tables = new Tables();
