import type { Page } from '#lib/api/types.ts';
import { listen, type Changed } from '#lib/api/events.ts';

import { Resource } from './resource.svelte.ts';

type Row = { id: string };
/** A page with the question it answers: a page of another question is shown at once, one of the same is news of it. */
type Answer<T> = { page: Page<T>; query: string };

/**
 * A page of a list that follows the server without moving under the pointer: changed rows are updated in place; rows that came,
 * went or moved wait until `catchUp()`.
 */
export class LiveList<T extends Row> {
  #resource: Resource<Answer<T>>;
  #shown = $state.raw<T[]>();
  #query: string | undefined;
  /** How many rows differ from what is shown. */
  waiting = $derived.by(() => this.#difference());
  /** Ids whose content changed since they were first shown: marked with a dot. */
  changed = $state.raw<ReadonlySet<string>>(new Set());

  constructor(read: () => Promise<Page<T>>, options: { query: () => string; concerns: (event: Changed) => boolean }) {
    this.#resource = new Resource(async () => {
      const query = options.query();
      return { page: await read(), query };
    });
    $effect(() => this.#take(this.#resource.data));
    $effect(() => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const stop = listen('/events', (event) => {
        if (event && !options.concerns(event)) return;
        timer ??= setTimeout(() => {
          timer = undefined;
          void this.#resource.reload();
        }, 400);
      });
      return () => {
        clearTimeout(timer);
        stop();
      };
    });
  }

  get rows(): T[] | undefined {
    return this.#shown;
  }
  get more(): string | null {
    return this.#resource.data?.page.next ?? null;
  }
  get slow(): boolean {
    return this.#resource.slow;
  }
  get loading(): boolean {
    return this.#resource.loading;
  }
  get problem() {
    return this.#resource.problem;
  }

  /** Reads again and shows everything: after an act of one's own. */
  async reload() {
    await this.#resource.reload();
    this.catchUp();
  }

  catchUp() {
    this.#shown = this.#resource.data?.page.items;
  }

  #take(answer: Answer<T> | undefined) {
    if (!answer) return;
    const { page, query } = answer;
    const shown = this.#query === query ? this.#shown : undefined;
    if (!shown) {
      this.#query = query;
      this.#shown = page.items;
      this.changed = new Set();
      return;
    }
    const fresh = new Map(page.items.map((row) => [row.id, row]));
    const differs = shown.filter((row) => fresh.has(row.id) && JSON.stringify(fresh.get(row.id)) !== JSON.stringify(row));
    if (differs.length === 0) return;
    this.changed = new Set([...this.changed, ...differs.map((r) => r.id)]);
    this.#shown = shown.map((row) => fresh.get(row.id) ?? row);
  }

  #difference(): number {
    const shown = new Set(this.#shown?.map((r) => r.id));
    const fresh = this.#resource.data?.page.items ?? [];
    if (!this.#shown) return 0;
    const came = fresh.filter((r) => !shown.has(r.id)).length;
    const went = this.#shown.length - (fresh.length - came);
    return Math.max(came, went);
  }
}
