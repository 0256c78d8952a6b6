import { deviceStates } from '#domain/device-state.ts';
import type { Filter } from '#lib/components/filters.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';
import { reference } from '#lib/state/reference.svelte.ts';

/** What the list of devices can be narrowed by. */
export const deviceFilters = (): Filter[] => {
  const t = i18n.t.devices;
  return [
    {
      kind: 'choice',
      name: 'state',
      label: t.state,
      options: deviceStates.map((value) => ({ value, label: i18n.t.states.device[value] })),
    },
    ...(reference.severalUnits ? [{ kind: 'unit' as const, name: 'unitId', label: t.office }] : []),
  ];
};
