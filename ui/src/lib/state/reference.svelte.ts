import { listProfiles } from '#lib/api/reference.ts';
import type { Profile, Unit } from '#lib/api/types.ts';
import { allUnits } from '#lib/api/units.ts';

import { session } from './session.svelte.ts';

/** Units and device profiles hardly change: read once, shared by filters and forms. */
class Reference {
  units = $state.raw<Unit[]>([]);
  profiles = $state.raw<Profile[]>([]);
  #asked = false;

  /** Reads what is not there yet. Whoever may not read one of them simply gets no such filter. */
  load() {
    if (this.#asked) return;
    this.#asked = true;
    const again = () => (this.#asked = false);
    if (session.can('unit.read')) allUnits().then((units) => (this.units = units), again);
    if (session.can('profile.read')) listProfiles().then(({ items }) => (this.profiles = items), again);
  }

  /** Who stands at the top: the name printed on the cards. */
  get organisation(): string {
    return this.units.find((u) => u.parentId === null)?.name ?? '';
  }
}

export const reference = new Reference();
