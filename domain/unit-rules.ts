import { assignmentsFor, type Actor } from './actor.ts';
import { failure } from './errors.ts';
import { goesBelow, unitState, type UnitKind, type UnitWindow } from './unit.ts';
import { isWithin, levelsOf } from './unit-path.ts';

/** The deepest tree: the path of a unit must fit into an entry of an index. */
export const MAX_LEVELS = 40;

/** Throws `invalid_input` unless the window is still open for a while at some time. */
export function assertWindow(window: UnitWindow, now: Date): void {
  const wrong = (message: string) => failure('invalid_input', `${message}.`, [{ pointer: '/closesAt', message }]);
  if (unitState(window, now) === 'ended') throw wrong('Choose an end in the future');
  const { opensAt, closesAt } = window;
  if (opensAt !== null && closesAt !== null && opensAt >= closesAt) throw wrong('Choose an end after the beginning');
}

/** A unit, with its subtree, as it is to be placed somewhere. */
export interface Placed {
  kind: UnitKind;
  /** Levels of the subtree: 1 without children. */
  height: number;
  /** Absent: it is new. */
  path?: string;
}

/** Throws `invalid_input` unless the unit may stand below `parent`. */
export function assertPlace({ kind, height, path }: Placed, parent: { kind: UnitKind; path: string }): void {
  const wrong = (message: string) => failure('invalid_input', `${message}.`, [{ pointer: '/parentId', message }]);
  if (path !== undefined && isWithin(parent.path, path)) throw wrong('A unit cannot stand below itself: choose a unit outside of it');
  if (!goesBelow(kind, parent.kind)) throw wrong(`${aKind[parent.kind]} holds no ${kind}: choose a wider unit`);
  if (levelsOf(parent.path) + height > MAX_LEVELS)
    throw wrong(`The tree would have more than ${MAX_LEVELS} levels: choose a unit further up`);
}

const aKind: Record<UnitKind, string> = { organization: 'An organization', division: 'A division', office: 'An office' };

/**
 * True for an administrator whose task lies outside of the unit and reaches it: only they open, close and move it. Whoever administers a unit from
 * within would take it out of the sight of who set them there, or shut themselves out.
 */
export const standsAbove = (actor: Actor, unitPath: string): boolean =>
  assignmentsFor(actor, 'unit.manage').some(
    (a) => !isWithin(a.unitPath, unitPath) && (a.visibility === 'all' || (a.visibility === 'subtree' && isWithin(unitPath, a.unitPath))),
  );
