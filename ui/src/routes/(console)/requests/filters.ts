import { countries } from '#domain/countries.ts';
import { requestStates } from '#domain/request-state.ts';
import { fieldFilters } from '#lib/components/field-filters.ts';
import type { Filter } from '#lib/components/filters.ts';
import { named } from '#lib/i18n/format.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';
import { fields } from '#lib/state/fields.svelte.ts';
import { reference } from '#lib/state/reference.svelte.ts';

/** What the list of requests can be narrowed by; by a person only from the list of people. */
export const requestFilters = (holder?: { id: string; name: string }): Filter[] => {
  const t = i18n.t.requests;
  return [
    ...(holder
      ? [{ kind: 'choice' as const, name: 'holderId', label: t.holder, options: [{ value: holder.id, label: holder.name }] }]
      : []),
    {
      kind: 'choice',
      name: 'state',
      label: t.state,
      options: requestStates.map((value) => ({ value, label: i18n.t.states.request[value] })),
    },
    ...(reference.severalUnits ? [{ kind: 'unit' as const, name: 'unitId', label: t.office }] : []),
    ...(reference.profiles.length > 1
      ? [
          {
            kind: 'choice' as const,
            name: 'profileId',
            label: t.profile,
            options: reference.profiles.map((p) => ({ value: p.id, label: named(p.name) })),
          },
        ]
      : []),
    { kind: 'days', name: 'days', label: t.registered },
    ...fieldFilters(fields.filters, countries),
  ];
};
