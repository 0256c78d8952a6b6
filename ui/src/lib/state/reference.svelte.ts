import { SvelteMap } from 'svelte/reactivity';

import { listProfiles } from '#lib/api/reference.ts';
import type { Profile, Unit } from '#lib/api/types.ts';
import { allUnits, getUnit, listUnits } from '#lib/api/units.ts';

import { session } from './session.svelte.ts';

/** Units and device profiles hardly change: read once, shared by filters and forms. */
class Reference {
  profiles = $state.raw<Profile[]>([]);
  #tops = $state.raw<Unit[]>([]);
  #units = $state.raw<Unit[]>([]);
  #names = new SvelteMap<string, string>();
  #asked = new Set<string>();

  /** Reads what is not there yet. Whoever may not read one of them simply gets no such filter. */
  load() {
    if (session.can('unit.read')) this.#once('tops', async () => (this.#tops = (await listUnits({ parentId: 'top', limit: 2 })).items));
    if (session.can('profile.read')) this.#once('profiles', async () => (this.profiles = (await listProfiles()).items));
  }

  /** Every unit that I see, read when it is asked for first: where there are thousands, search instead. */
  get units(): Unit[] {
    if (session.can('unit.read')) this.#once('units', async () => (this.#units = await allUnits()));
    return this.#units;
  }

  /** There is more than one unit to choose from. */
  get severalUnits(): boolean {
    return this.#tops.length > 1 || (this.#tops[0]?.hasChildren ?? false);
  }

  /** Who stands at the top: the name printed on the cards. */
  get organisation(): string {
    return this.#tops.find((u) => u.parentId === null)?.name ?? '';
  }

  /** The name of a unit, once it is known. */
  nameOf(unitId: string): string {
    this.#once(unitId, async () => this.#names.set(unitId, (await getUnit(unitId)).name));
    return this.#names.get(unitId) ?? '…';
  }

  /** Again after a failure, when it is asked for once more. */
  #once(what: string, read: () => Promise<unknown>) {
    if (this.#asked.has(what)) return;
    this.#asked.add(what);
    read().catch(() => this.#asked.delete(what));
  }
}

export const reference = new Reference();
