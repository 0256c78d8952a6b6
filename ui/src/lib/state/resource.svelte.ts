import { asProblem, type Problem } from '#lib/api/problem.ts';

import { session } from './session.svelte.ts';

/**
 * What a screen shows from the API. Reads again when what `read` depends on changes, or on `reload()`; keeps the old data meanwhile
 * and after an error. `slow` is true when nothing can be shown for 300 ms: time for a skeleton.
 */
export class Resource<T> {
  data = $state.raw<T>();
  problem = $state.raw<Problem>();
  loading = $state(true);
  slow = $state(false);
  #read: () => Promise<T>;
  #turn = 0;

  constructor(read: () => Promise<T>) {
    this.#read = read;
    $effect(() => {
      void this.#start(read());
    });
    $effect(() => () => (this.#turn = -1));
  }

  reload(): Promise<void> {
    return this.#start(this.#read());
  }

  #start(reading: Promise<T>): Promise<void> {
    const turn = ++this.#turn;
    const timer = setTimeout(() => (this.slow = this.data === undefined), 300);
    this.loading = true;
    return reading
      .then(
        (data) => {
          if (turn !== this.#turn) return;
          this.data = data;
          this.problem = undefined;
        },
        (error: unknown) => {
          if (turn === this.#turn) this.#fail(asProblem(error));
        },
      )
      .finally(() => {
        clearTimeout(timer);
        if (turn !== this.#turn) return;
        this.loading = false;
        this.slow = false;
      });
  }

  #fail(problem: Problem) {
    this.problem = problem;
    // The layout sends whoever has no session to the sign-in page and brings them back here.
    if (problem.status === 401) session.ended();
  }
}
