import { assignmentsFor, type Actor, type Assignment, type Visibility } from './actor.ts';
import { failure } from './errors.ts';
import type { Permission } from './permissions.ts';
import { isWithin } from './unit-path.ts';

/** What an assignment gives, wherever it is given. */
export interface Grant {
  permissions: readonly Permission[];
  unitPath: string;
  visibility: Visibility;
  /** ISO 8601; null: without end. */
  validUntil: string | null;
}

/** Where and how far: all of a grant but what it permits. */
type Place = Omit<Grant, 'permissions'>;

const width: Record<Visibility, number> = { own: 0, office: 1, subtree: 2, all: 3 };

/** True if whoever has `assignment` sees all that somebody with `place` would see, and for as long. */
export const covers = (assignment: Assignment, place: Place): boolean =>
  outlasts(assignment.validUntil ?? null, place.validUntil) && reaches(assignment, place);

function reaches({ visibility, unitPath }: Assignment, place: Place): boolean {
  if (visibility === 'all') return true;
  if (visibility === 'subtree') return place.visibility !== 'all' && isWithin(place.unitPath, unitPath);
  return place.unitPath === unitPath && width[place.visibility] <= width[visibility];
}

const outlasts = (mine: string | null, given: string | null): boolean =>
  mine === null || (given !== null && Date.parse(given) <= Date.parse(mine));

/** Of a grant, the permissions that the actor cannot give. Whoever makes roles (`role.manage`) gives any, in the units where they make them. */
export function notMine(actor: Actor, { permissions, ...place }: Grant): Permission[] {
  const holds = (permission: Permission) => assignmentsFor(actor, permission).some((a) => covers(a, place));
  if (!holds('operator.manage')) return [...permissions];
  return holds('role.manage') ? [] : permissions.filter((permission) => !holds(permission));
}

/**
 * Throws unless the actor may give the grant, or take it away: an administrator of a unit gives at most what they hold themselves, there, as far
 * and as long as they hold it.
 */
export function assertMayGrant(actor: Actor, grant: Grant): void {
  if (!permitsNearby(actor, grant)) throw foreignUnit();
  const foreign = notMine(actor, grant);
  if (foreign.length === 0) return;
  throw failure(
    'beyond_own_rights',
    `You give at most what you hold yourself: in this unit, as far and as long as you hold it. Not yours to give so: ${foreign.join(', ')}.`,
  );
}

/** Throws unless the actor could give all that somebody holds, everywhere: nobody administers whoever is mightier. */
export function assertMayAdminister(actor: Actor, grants: readonly Grant[]): void {
  if (grants.every((grant) => notMine(actor, grant).length === 0)) return;
  throw failure(
    'beyond_own_rights',
    'This operator holds roles that you could not give, here or in other units. Ask an administrator of a unit above yours.',
  );
}

/** A grant of no wider view than one's unit, for a moment: whether the actor administers anybody there at all. */
const permitsNearby = (actor: Actor, { unitPath }: Grant): boolean =>
  assignmentsFor(actor, 'operator.manage').some((a) => reaches(a, { unitPath, visibility: 'own', validUntil: null }));

/** Also of a unit that does not exist. */
export const foreignUnit = () =>
  failure('forbidden', 'You administer nobody in this unit. Choose one of your units.', [
    { pointer: '/unitId', message: 'Not one of your units' },
  ]);

/** Separation of duties: rights are given and taken by somebody else. */
export function assertNotSelf(actor: Actor, operatorId: string): void {
  if (actor.id === operatorId) throw failure('own_rights', 'Nobody changes their own rights. Ask another administrator.');
}
