import type { Knex } from 'knex';

import { explainAccess, type AccessPlace, type KnownAssignment } from '../../domain/access.ts';
import { sees, type Actor, type Ownership } from '../../domain/actor.ts';
import type { OperatorState } from '../../domain/operator-state.ts';
import type { Permission } from '../../domain/permissions.ts';
import { excludedSql } from '../stores/request-for-work.ts';
import { assignmentCause, loadOperator } from './actor.ts';
import { operatorDetail } from './operators.ts';
import { unitInForce } from './units-in-force.ts';
import { notFound } from './visible-to.ts';

export interface AccessQuery {
  operatorId: string;
  permission: Permission;
  unitId?: string | undefined;
  /** The number that people know a request by. */
  requestNumber?: string | undefined;
}

/** Why an operator can, or cannot, do something, in a unit or with a request. The asker sees the operator, and the unit that it is about. */
export async function readAccess(knex: Knex, asker: Actor, { operatorId, permission, unitId, requestNumber }: AccessQuery) {
  const operator = await operatorDetail(knex, asker, operatorId);
  const place = await placeOf(knex, { operatorId, unitId, requestNumber });
  if (place && !sees(asker, 'operator.read', { ...place, registeredBy: null })) throw notFound();
  const [actor, known] = await Promise.all([loadOperator(knex, operatorId), knownAssignments(knex, operatorId)]);
  const answer = explainAccess({ state: operator.state as OperatorState, actor, assignments: known, permission, place });
  const { assignments, ...rest } = answer;
  const shown = operator.assignments.filter(({ id }) => assignments.includes(id));
  return {
    ...rest,
    state: operator.state,
    separation: answer.separation ?? null,
    ownOnly: answer.ownOnly ?? false,
    assignments: shown,
    unit: place?.unit ?? null,
  };
}

type Asked = Pick<AccessQuery, 'operatorId' | 'unitId' | 'requestNumber'>;
type Place = AccessPlace & { unit: { id: string; name: string } };

async function placeOf(knex: Knex, { operatorId, unitId, requestNumber }: Asked): Promise<Place | undefined> {
  if (!unitId && !requestNumber) return undefined;
  const facts = { id: 'u.id', name: 'u.name', unitPath: 'u.path', open: knex.raw(unitInForce('u')) };
  const query = requestNumber
    ? knex('requests as r')
        .join('units as u', 'u.id', 'r.unit_id')
        .where('r.number', requestNumber)
        .select({ registeredBy: 'r.registered_by', excluded: knex.raw(excludedSql) })
    : knex('units as u').where('u.id', unitId);
  const row = (await query.select(facts).first()) as
    (Ownership & { id: string; name: string; open: boolean; excluded?: string[] }) | undefined;
  if (!row) throw notFound();
  const { id, name, unitPath, open, registeredBy = operatorId, excluded = [] } = row;
  return { unitPath, open, registeredBy, excluded, unit: { id, name } };
}

async function knownAssignments(knex: Knex, operatorId: string): Promise<KnownAssignment[]> {
  return knex('assignments as a')
    .join('units as u', 'u.id', 'a.unit_id')
    .join('roles as r', 'r.code', 'a.role')
    .where('a.operator_id', operatorId)
    .select<KnownAssignment[]>('a.id', 'r.permissions', knex.raw(`coalesce(${assignmentCause}, 'in_force') as state`));
}
