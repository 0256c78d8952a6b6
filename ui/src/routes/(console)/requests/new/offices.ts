import type { UnitFilter } from '#lib/api/types.ts';

/** Where people are registered. */
export const openOffices = { kind: ['office'], state: ['open'] } satisfies UnitFilter;
