import type { Home } from '#lib/api/types.ts';

/** What waits for this person: the counts in the navigation and the list on the home page are the same reading. */
class Todo {
  home = $state.raw<Home>();
  readonly waiting = $derived(this.home?.waiting.length ?? 0);
  readonly stopped = $derived(this.home?.waiting.filter((w) => w.kind === 'resume').length ?? 0);
}
export const todo = new Todo();
