import { operatorStates } from '#domain/operator-state.ts';
import type { Role } from '#lib/api/types.ts';
import type { Filter } from '#lib/components/filters.ts';
import { named } from '#lib/i18n/format.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';
import { reference } from '#lib/state/reference.svelte.ts';

/** What the list of operators can be narrowed by. */
export const operatorFilters = (roles: readonly Role[]): Filter[] => {
  const t = i18n.t.operators;
  const choice = (name: string, label: string, options: { value: string; label: string }[]): Filter[] =>
    options.length > 1 ? [{ kind: 'choice', name, label, options }] : [];
  return [
    ...choice(
      'state',
      t.state,
      operatorStates.map((value) => ({ value, label: t.states[value] })),
    ),
    ...choice(
      'role',
      t.role,
      roles.map((role) => ({ value: role.code, label: named(role.name) })),
    ),
    ...(reference.severalUnits ? [{ kind: 'unit' as const, name: 'unitId', label: t.unit }] : []),
  ];
};
