import type { Knex } from 'knex';

import { reachOf, sees, type Actor } from '../../domain/actor.ts';
import { assignmentStates, type AssignmentState, type OperatorState } from '../../domain/operator-state.ts';
import type { Permission } from '../../domain/permissions.ts';
import { assignmentCause, operatorCause } from './actor.ts';
import { onePage, toPage, type PageQuery, type SortKey } from './keyset.ts';
import { iso } from './requests.ts';
import { matching } from './search.ts';
import { notFound, visibleTo } from './visible-to.ts';

export interface OperatorFilter extends PageQuery {
  search?: string | undefined;
  role?: string | undefined;
  /** With all that lies below it. */
  unitId?: string | undefined;
  state?: OperatorState | undefined;
}

const byName: SortKey = { column: 'operators.sort_name', id: 'operators.id', type: 'text', direction: 'asc' };
// the expression that the trigram index is on
const searched = `lower(operators.given_name || ' ' || operators.family_name || ' ' || operators.email::text)`;
const state = `coalesce(${operatorCause}, 'in_force')`;

/** One page of the operators that the actor sees, by family name. */
export async function listOperators(knex: Knex, actor: Actor, filter: OperatorFilter = {}) {
  const query = matching(shown(knex, actor, 'operator.read', filter), searched, filter.search).select(...ofOperator(knex));
  if (filter.state) void query.whereRaw(`${state} = ?`, [filter.state]);
  const rows = (await onePage(query, byName, filter)) as OperatorRow[];
  const toOperator = await withAssignments(knex, { actor, permission: 'operator.read' }, rows);
  return toPage(rows, filter, (row) => toOperator(row as OperatorRow));
}

/** One operator, with every assignment they have or had; `not_found` when hidden. */
export async function operatorDetail(knex: Knex, actor: Actor, id: string, permission: Permission = 'operator.read') {
  const row = (await shown(knex, actor, permission)
    .where('operators.id', id)
    .first(...ofOperator(knex))) as OperatorRow | undefined;
  if (!row) throw notFound();
  return (await withAssignments(knex, { actor, permission }, [row]))(row);
}

/** Of whoever may administer: throws `not_found` unless the operator shows to the actor under `operator.manage`. */
export async function assertOperator(knex: Knex, actor: Actor, id: string): Promise<void> {
  if (!(await shown(knex, actor, 'operator.manage').where('operators.id', id).first('operators.id'))) throw notFound();
}

/** The operator of an assignment that shows to the actor under `operator.manage`. */
export async function operatorOfAssignment(knex: Knex, actor: Actor, id: string): Promise<string> {
  const query = knex('assignments as a').join('units as u', 'u.id', 'a.unit_id').where('a.id', id);
  const row = (await visibleTo(query, actor, 'operator.manage', place).first('a.operator_id')) as { operatorId: string } | undefined;
  if (!row) throw notFound();
  return row.operatorId;
}

export async function assignmentDetail(knex: Knex, id: string) {
  const row = (await assignmentRows(knex).where('a.id', id).first()) as AssignmentRow | undefined;
  if (!row) throw notFound();
  return toAssignment(row);
}

const place = { unitPath: 'u.path', registeredBy: null };

/**
 * Operators show where they work or worked: to whoever sees the unit of one of their assignments, also of one that has ended. Who sees everything
 * sees those without any, too.
 */
function shown(knex: Knex, actor: Actor, permission: Permission, { role, unitId }: Pick<OperatorFilter, 'role' | 'unitId'> = {}) {
  const query = knex('operators');
  if (reachOf(actor, permission).everything && !role && !unitId) return query;
  const inUnits = knex('assignments as a').join('units as u', 'u.id', 'a.unit_id').select('a.operator_id');
  void visibleTo(inUnits, actor, permission, place);
  if (role) void inUnits.where('a.role', role);
  if (unitId) void inUnits.whereRaw('u.path <@ (select path from units where id = ?)', [unitId]);
  return query.whereIn('operators.id', inUnits);
}

interface OperatorRow extends Record<string, unknown> {
  id: string;
}

const ofOperator = (knex: Knex) => [
  'operators.*',
  knex.raw(`${state} as state`),
  knex.raw('exists (select from accounts c where c.operator_id = operators.id and c.password_hash is not null) as has_password'),
];

const toPerson = (o: OperatorRow) => ({
  id: o.id,
  givenName: o.givenName as string,
  familyName: o.familyName as string,
  email: o.email as string,
  locale: o.locale as string,
  taxCode: o.taxCode as string | null,
  state: o.state as OperatorState,
  validFrom: iso(o.validFrom),
  validUntil: iso(o.validUntil),
  removedAt: iso(o.removedAt),
  hasPassword: o.hasPassword as boolean,
  createdAt: iso(o.createdAt),
  version: o.version as number,
});

interface AssignmentRow extends Record<string, unknown> {
  operatorId: string;
  unitPath: string;
}

/** Makes operators of rows, with their assignments in units that the actor sees (those that give something first) and the number of the others. */
async function withAssignments(knex: Knex, { actor, permission }: { actor: Actor; permission: Permission }, people: OperatorRow[]) {
  const ids = people.map((row) => row.id);
  const rows = (await assignmentRows(knex).whereIn('a.operator_id', ids)) as AssignmentRow[];
  const byOperator = Map.groupBy(rows, (row) => row.operatorId);
  return (person: OperatorRow) => {
    const all = byOperator.get(person.id) ?? [];
    const seen = all.filter(({ unitPath }) => sees(actor, permission, { unitPath, registeredBy: null }));
    const inOrder = seen.map(toAssignment).sort((a, b) => assignmentStates.indexOf(a.state) - assignmentStates.indexOf(b.state));
    return { ...toPerson(person), assignments: inOrder, elsewhere: all.length - seen.length };
  };
}

const assignmentRows = (knex: Knex): Knex.QueryBuilder =>
  knex('assignments as a')
    .join('units as u', 'u.id', 'a.unit_id')
    .join('roles as r', 'r.code', 'a.role')
    .leftJoin('operators as g', 'g.id', 'a.granted_by')
    .orderBy(['u.name', 'a.role', 'a.id'])
    .select('a.*', { unitName: 'u.name', unitPath: 'u.path', nameEn: 'r.name_en', nameIt: 'r.name_it' })
    .select(knex.raw(`coalesce(${assignmentCause}, 'in_force') as state, g.given_name || ' ' || g.family_name as granter`));

const toAssignment = (a: AssignmentRow) => ({
  id: a.id as string,
  role: a.role as string,
  roleNames: { en: a.nameEn as string, it: a.nameIt as string },
  unit: { id: a.unitId as string, name: a.unitName as string },
  visibility: a.visibility as string,
  state: a.state as AssignmentState,
  validFrom: iso(a.validFrom),
  validUntil: iso(a.validUntil),
  grantedBy: a.grantedBy === null ? null : { id: a.grantedBy as string, name: a.granter as string },
  version: a.version as number,
});
