/** Paths of units: the ids without dashes from the root down, with points between them (ltree). */
export const labelOf = (unitId: string): string => unitId.replaceAll('-', '');

/** True for the unit of `root` itself and for all below it. */
export const isWithin = (path: string, root: string): boolean => path === root || path.startsWith(`${root}.`);

export const levelsOf = (path: string): number => path.split('.').length;

/** The path of what is at or below `unit`, when `unit` moves below `parent`. */
export const movedPath = (path: string, { unit, parent }: { unit: string; parent: string }): string => {
  const top = unit.split('.').at(-1) ?? '';
  return `${parent}.${top}${path.slice(unit.length)}`;
};
