import type { Knex } from 'knex';

import { assignmentsFor, worksIn, type Actor, type Assignment } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import type { Permission } from '../../domain/permissions.ts';
import { unitInForce } from './units-in-force.ts';

/** Where a query finds the facts that decide: the path of the row's unit, and who registered it (null where nobody did). */
export interface OwnershipColumns {
  unitPath: string;
  registeredBy: string | null;
}

/**
 * The one visibility function: every list, count, search and single row goes through it. Leaves the rows that one of the actor's
 * assignments carrying `permission` shows; the same rule in memory is `sees` of domain/actor.ts.
 */
export function visibleTo(query: Knex.QueryBuilder, actor: Actor, permission: Permission, columns: OwnershipColumns): Knex.QueryBuilder {
  const assignments = assignmentsFor(actor, permission);
  if (assignments.some((a) => a.visibility === 'all')) return query;
  return query.where((either) => {
    void either.whereRaw('false');
    for (const assignment of assignments) void either.orWhere((one) => void shows(one, actor.id, assignment, columns));
  });
}

function shows(query: Knex.QueryBuilder, actorId: string, { visibility, unitPath }: Assignment, columns: OwnershipColumns): void {
  void query.whereRaw(visibility === 'office' ? '?? = ?::ltree' : '?? <@ ?::ltree', [columns.unitPath, unitPath]);
  if (visibility !== 'own') return;
  if (columns.registeredBy === null) void query.whereRaw('false');
  else void query.where(columns.registeredBy, actorId);
}

const tables = {
  requests: { unitPath: 'requests.unit_path', registeredBy: 'requests.registered_by' },
  devices: { unitPath: 'devices.unit_path', registeredBy: 'devices.registered_by' },
  holders: { unitPath: 'units.path', registeredBy: 'holders.registered_by' },
  stations: { unitPath: 'units.path', registeredBy: null },
  api_keys: { unitPath: 'units.path', registeredBy: 'api_keys.operator_id' },
} as const satisfies Record<string, OwnershipColumns>;

export type OwnedTable = keyof typeof tables;
export const ownership = (table: OwnedTable): OwnershipColumns => tables[table];

interface OwnedRow {
  table: OwnedTable;
  id: string;
}

export async function isVisible(knex: Knex, actor: Actor, permission: Permission, { table, id }: OwnedRow): Promise<boolean> {
  const query = knex(table).where(`${table}.id`, id).first(`${table}.id`);
  if (tables[table].unitPath === 'units.path') void query.join('units', 'units.id', `${table}.unit_id`);
  return (await visibleTo(query, actor, permission, tables[table])) !== undefined;
}

/** Throws `not_found` unless the actor sees the row: absent and hidden answer alike. */
export async function assertVisible(knex: Knex, actor: Actor, permission: Permission, row: OwnedRow): Promise<void> {
  if (!(await isVisible(knex, actor, permission, row))) throw notFound();
}

/** Throws `forbidden` unless the unit is open and the actor may do `permission` in it. */
export async function assertUnit(knex: Knex, actor: Actor, permission: Permission, unitId: string): Promise<void> {
  const unit = (await knex('units').where({ id: unitId }).whereRaw(unitInForce('units')).first('path')) as { path: string } | undefined;
  if (!unit || !worksIn(actor, permission, unit.path))
    throw failure('forbidden', 'You have no task in this unit. Choose one of yours.', [
      { pointer: '/unitId', message: 'Not one of your units' },
    ]);
}

export const notFound = () =>
  failure('not_found', 'It does not exist, or your role does not show it. Go back to the list and search again.');
