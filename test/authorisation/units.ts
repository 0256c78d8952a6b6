import type { Caller } from './callers.ts';
import { guarded, together, type Case, type Outcome } from './probes.ts';
import { places, type Place } from './world.ts';

const outcome = (caller: Caller, place: Place): Outcome =>
  caller.works({ place }) ? (caller.leads(place) ? 'passes' : 'forbidden') : 'not_found';

/** What only an administrator who stands above the unit does with it. */
export const unitFromAbove = (body: unknown = {}): Case =>
  guarded(({ units }) =>
    places.map((place) => ({ label: `the unit ${place}`, params: { id: units[place] }, body, expect: (caller) => outcome(caller, place) })),
  );

/** Moving a unit takes an administrator of where it is and of where it goes. */
export const unitMoves: Case = together(
  guarded(({ units }) =>
    places.map((place) => ({
      ...{ label: `the unit ${place}, to here`, params: { id: units[place] }, body: { parentId: units.here } },
      expect: (caller) => outcome(caller, place),
    })),
  ),
  guarded(({ units }) =>
    places.map((place) => ({
      ...{ label: `the unit below, to ${place}`, params: { id: units.below }, body: { parentId: units[place] } },
      expect: (caller) => (caller.leads('below') && !caller.works({ place }) ? 'forbidden' : outcome(caller, 'below')),
    })),
  ),
);
