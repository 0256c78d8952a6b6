import { shownUnitStates, unitKinds } from '#domain/unit.ts';
import type { UnitLabels } from '#lib/api/types.ts';
import type { Filter } from '#lib/components/filters.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

/** Parameters of the address that narrow the table. */
export const narrowing = ['search', 'kind', 'state', 'category', 'attribute', 'parentId'] as const;

/** What the table of units can be narrowed by. */
export function unitFilters(labels: UnitLabels | undefined): Filter[] {
  const t = i18n.t.units;
  return [
    { kind: 'choice', name: 'kind', label: t.kind, options: unitKinds.map((value) => ({ value, label: t.kinds[value] })) },
    { kind: 'choice', name: 'state', label: t.state, options: shownUnitStates.map((value) => ({ value, label: t.states[value] })) },
    ...(labels?.categories.length
      ? [
          {
            kind: 'choice' as const,
            name: 'category',
            label: t.category,
            options: labels.categories.map((value) => ({ value, label: value })),
          },
        ]
      : []),
    ...(labels?.attributes.length ? [{ kind: 'text' as const, name: 'attribute', label: t.attribute }] : []),
  ];
}
