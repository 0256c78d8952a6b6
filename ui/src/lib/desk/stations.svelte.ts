import { listStations } from '#lib/api/desk.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import type { Station } from '#lib/api/types.ts';

const storageKey = 'smartcms.station';

/** The stations this person may produce at, and the one they sit at; the choice is this browser's. */
class Stations {
  all = $state.raw<Station[]>();
  problem = $state.raw<Problem>();
  #chosenId = $state(localStorage.getItem(storageKey));

  readonly chosen = $derived(this.all?.find((s) => s.id === this.#chosenId) ?? (this.all?.length === 1 ? this.all[0] : undefined));

  async load() {
    try {
      this.all = (await listStations()).items;
      this.problem = undefined;
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  choose(id: string) {
    this.#chosenId = id;
    localStorage.setItem(storageKey, id);
  }

  /** What a hand did at a virtual reader. */
  cardMoved(id: string, card: string | null) {
    this.all = this.all?.map((s) => (s.id === id ? { ...s, card } : s));
  }
}

export const stations = new Stations();
