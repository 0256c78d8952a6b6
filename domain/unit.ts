/** From the widest to the narrowest: a unit holds units of its own kind or of a narrower one. */
export const unitKinds = ['organization', 'division', 'office'] as const;
export type UnitKind = (typeof unitKinds)[number];

/** True if a unit of one kind may stand directly below one of the other. */
export const goesBelow = (kind: UnitKind, parent: UnitKind): boolean => unitKinds.indexOf(kind) >= unitKinds.indexOf(parent);

/** What a unit is by itself: `scheduled` opens later, `ended` was open until a moment that has passed, `closed` was closed by hand. */
const unitStates = ['open', 'scheduled', 'ended', 'closed'] as const;
type UnitState = (typeof unitStates)[number];

/** What is said of a unit among others: its own state, or that a unit above it is not open, which closes it too. */
export const shownUnitStates = [...unitStates, 'closed_above'] as const;
export type ShownUnitState = (typeof shownUnitStates)[number];

/** When a unit is open: not before `opensAt`, not from `closesAt` on, and never while it is closed by hand. */
export interface UnitWindow {
  active: boolean;
  opensAt: Date | null;
  closesAt: Date | null;
}

/** The SQL form is `unitState` in db/reads. */
export function unitState({ active, opensAt, closesAt }: UnitWindow, now: Date): UnitState {
  if (!active) return 'closed';
  if (closesAt !== null && closesAt <= now) return 'ended';
  return opensAt !== null && opensAt > now ? 'scheduled' : 'open';
}
