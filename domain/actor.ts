import type { HolderId, OperatorId, UnitId } from './ids.ts';
import { isOfEverybody, type Permission, type RoleCode } from './permissions.ts';
import { isWithin } from './unit-path.ts';
import type { Withheld } from './separation.ts';

export const visibilities = ['own', 'office', 'subtree', 'all'] as const;
/** What an assignment shows: `own` what I registered, `office` my unit, `subtree` my unit and below, `all` everything. */
export type Visibility = (typeof visibilities)[number];

/** An operator's role in a unit. `unitPath` is the ltree path of the unit (labels are unit ids without dashes). */
export interface Assignment {
  id: string;
  role: RoleCode | (string & {});
  unitId: UnitId;
  unitPath: string;
  visibility: Visibility;
  permissions: readonly Permission[];
  /** When it ends, ISO 8601; null or absent: never. */
  validUntil?: string | null;
}

export interface OperatorActor {
  kind: 'operator';
  id: OperatorId;
  name: string;
  /** As the rules of separation leave them. */
  assignments: readonly Assignment[];
  /** What those rules took; absent: nothing. */
  withheld?: readonly Withheld[];
  via: 'session' | 'api_key';
  sessionId: string;
}

/**
 * Who acts. Made anew for every call from the session, or from an API key, which narrows `assignments` and whose id is `sessionId`, so a removed
 * assignment has no effect from the next call on.
 */
export type Actor = OperatorActor | { kind: 'holder'; id: HolderId; name: string; via: 'session'; sessionId: string };

const holderPermissions: readonly Permission[] = ['own.read', 'own.activate', 'own.suspend'];

export const permits = (actor: Actor, permission: Permission): boolean =>
  actor.kind === 'holder' ? holderPermissions.includes(permission) : assignmentsFor(actor, permission).length > 0;

/** The assignments that give this permission: visibility is the union of exactly these. */
export const assignmentsFor = (actor: Actor, permission: Permission): Assignment[] =>
  actor.kind === 'holder'
    ? []
    : actor.assignments.filter((a) => a.permissions.includes(permission) && (a.visibility === 'all' || !isOfEverybody(permission)));

/** Facts of a row that decide whether an actor sees it. */
export interface Ownership {
  unitPath: string;
  registeredBy: string | null;
}

/** True if one assignment that carries `permission` shows a row of this unit and registrar. The SQL form is `visibleTo` in db/reads. */
export const sees = (actor: Actor, permission: Permission, row: Ownership): boolean =>
  assignmentsFor(actor, permission).some((a) => {
    if (a.visibility === 'all') return true;
    if (a.visibility === 'own') return row.registeredBy === actor.id && isWithin(row.unitPath, a.unitPath);
    return a.visibility === 'office' ? row.unitPath === a.unitPath : isWithin(row.unitPath, a.unitPath);
  });

/** Where rows belong to a unit and to no registrar: whoever sees own registrations only sees the unit they work in. */
export const officeWide = (actor: Actor): Actor =>
  actor.kind === 'holder'
    ? actor
    : { ...actor, assignments: actor.assignments.map((a) => (a.visibility === 'own' ? { ...a, visibility: 'office' } : a)) };

/** True if one assignment that carries `permission` lets the actor make something in the unit of this path; whether it is open is asked apart. */
export const worksIn = (actor: Actor, permission: Permission, path: string): boolean =>
  assignmentsFor(actor, permission).some(
    ({ visibility, unitPath }) => visibility === 'all' || path === unitPath || (visibility === 'subtree' && isWithin(path, unitPath)),
  );

/** Where an actor sees everything: the whole tree, subtrees by their top, and single units; no unit is in two of them. */
export interface Reach {
  everything: boolean;
  below: readonly string[];
  units: readonly string[];
}

/** The part of the tree whose rows all show to the actor. What only `own` shows is not in it. */
export function reachOf(actor: Actor, permission: Permission): Reach {
  const assignments = assignmentsFor(actor, permission);
  const paths = (visibility: Visibility) => [...new Set(assignments.filter((a) => a.visibility === visibility).map((a) => a.unitPath))];
  if (assignments.some((a) => a.visibility === 'all')) return { everything: true, below: [], units: [] };
  const tops = paths('subtree');
  const below = tops.filter((path) => !tops.some((top) => top !== path && isWithin(path, top)));
  return { everything: false, below, units: paths('office').filter((path) => !below.some((top) => isWithin(path, top))) };
}

/** The same actor as it travels in workflow messages and audit events: ids only. */
export interface ActorRef {
  kind: 'operator' | 'holder' | 'system';
  id: string;
}
export const refOf = (actor: Actor): ActorRef => ({ kind: actor.kind, id: actor.id });
export const system: ActorRef = { kind: 'system', id: 'smartcms' };
