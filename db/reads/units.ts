import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { visibleTo } from './visible-to.ts';

interface UnitRow {
  id: string;
  parentId: string | null;
  kind: string;
  code: string;
  name: string;
  active: boolean;
}

/** The units that the actor sees, roots first. Whoever sees own registrations only sees the unit they work in. */
export async function listUnits(knex: Knex, actor: Actor) {
  const officeWide: Actor = actor.kind === 'holder' ? actor : { ...actor, assignments: actor.assignments.map(ownAsOffice) };
  const query = visibleTo(knex('units'), officeWide, 'unit.read', { unitPath: 'units.path', registeredBy: null });
  const columns = ['id', 'parent_id', 'kind', 'code', 'name', 'active'];
  return (await query.orderByRaw('nlevel(path), name').select(columns)) as UnitRow[];
}

const ownAsOffice = <T extends { visibility: string }>(a: T): T => (a.visibility === 'own' ? { ...a, visibility: 'office' } : a);
