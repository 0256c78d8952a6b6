import { assignmentsFor, permits, sees, worksIn, type OperatorActor, type Ownership } from './actor.ts';
import type { AssignmentState, OperatorState } from './operator-state.ts';
import { isOfEverybody, type Permission } from './permissions.ts';
import type { SeparationRule } from './separation.ts';

/** What decides: the first of these that says no, or the assignment that says yes. */
export const accessRules = [
  'assignment',
  'operator',
  'holders_only',
  'role',
  'assignment_state',
  'separation',
  'everything_only',
  'visibility',
  'unit_closed',
  'own_request',
] as const;
export type AccessRule = (typeof accessRules)[number];

/** An assignment that the person has or had, whatever it gives now. */
export interface KnownAssignment {
  id: string;
  permissions: readonly Permission[];
  state: AssignmentState;
}

/** Where it is asked: a row with its unit and registrar; of a unit alone, `registeredBy` is the person asked about. */
export interface AccessPlace extends Ownership {
  open: boolean;
  /** Who may not decide here, as they registered it or it is for them. */
  excluded?: readonly string[];
}

export interface AccessQuestion {
  state: OperatorState;
  /** The person as every call makes them; undefined when they may not act. */
  actor: OperatorActor | undefined;
  assignments: readonly KnownAssignment[];
  permission: Permission;
  place?: AccessPlace | undefined;
}

export interface AccessAnswer {
  allowed: boolean;
  rule: AccessRule;
  /** The assignments that the rule speaks of. */
  assignments: readonly string[];
  /** Rule `separation`. */
  separation?: SeparationRule;
  /** Allowed, but only on what the person registered. */
  ownOnly?: boolean;
}

/** What is made in a unit needs work there; all else is about rows that show. */
const makes: readonly Permission[] = ['holder.create', 'request.create', 'api_key.manage'];

/**
 * Why somebody can, or cannot, do this here. Yes and no come from the functions that decide every call (`permits`, `sees`, `worksIn`); only the naming
 * of what said no is done here.
 */
export function explainAccess({ state, actor, assignments, permission, place }: AccessQuestion): AccessAnswer {
  const carrying = assignments.filter((a) => a.permissions.includes(permission));
  const no = (rule: AccessRule, about: readonly KnownAssignment[] = [], more: Partial<AccessAnswer> = {}): AccessAnswer => ({
    ...{ allowed: false, rule, assignments: about.map((a) => a.id) },
    ...more,
  });
  if (permission.startsWith('own.')) return no('holders_only');
  if (!actor) return state === 'in_force' ? no('role') : no('operator');
  if (!permits(actor, permission)) return lacking(actor, { permission, carrying, no });
  const inForce = carrying.filter((a) => a.state === 'in_force');
  const yes = (one: OperatorActor) =>
    !place || (makes.includes(permission) ? worksIn(one, permission, place.unitPath) : sees(one, permission, place));
  if (!yes(actor)) return no('visibility', inForce);
  if (place && !place.open && makes.includes(permission)) return no('unit_closed', inForce);
  if (permission === 'request.decide' && place?.excluded?.includes(actor.id)) return no('own_request', inForce);
  const giving = assignmentsFor(actor, permission).filter((a) => yes({ ...actor, assignments: [a] }));
  const strangers = place && { ...place, registeredBy: null };
  const ownOnly =
    strangers !== undefined && !makes.includes(permission) && place?.registeredBy === actor.id && !sees(actor, permission, strangers);
  return { allowed: true, rule: 'assignment', assignments: giving.map((a) => a.id), ownOnly };
}

interface Lack {
  permission: Permission;
  carrying: readonly KnownAssignment[];
  no: (rule: AccessRule, about?: readonly KnownAssignment[], more?: Partial<AccessAnswer>) => AccessAnswer;
}

/** Why nothing that is in force gives the permission. */
function lacking(actor: OperatorActor, { permission, carrying, no }: Lack): AccessAnswer {
  if (carrying.length === 0) return no('role');
  const inForce = carrying.filter((a) => a.state === 'in_force');
  if (inForce.length === 0) return no('assignment_state', carrying);
  const taken = actor.withheld?.find((w) => w.permission === permission);
  if (taken) return no('separation', inForce, { separation: taken.rule });
  return isOfEverybody(permission) ? no('everything_only', inForce) : no('role', inForce);
}
