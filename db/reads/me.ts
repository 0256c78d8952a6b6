import type { Knex } from 'knex';

import { permits, type Actor } from '../../domain/actor.ts';
import { permissions } from '../../domain/permissions.ts';

/** Who one is to the system: name, permissions, and for operators the assignments with the names people know. */
export async function describeActor(knex: Knex, actor: Actor) {
  const locale = await localeOf(knex, actor);
  const mine = { kind: actor.kind, id: actor.id, name: actor.name, locale, permissions: permissions.filter((p) => permits(actor, p)) };
  if (actor.kind === 'holder' || actor.assignments.length === 0) return { ...mine, assignments: [] };
  const names = (await knex('assignments')
    .join('roles', 'roles.code', 'assignments.role')
    .join('units', 'units.id', 'assignments.unit_id')
    .whereIn(
      'assignments.id',
      actor.assignments.map((a) => a.id),
    )
    .select({
      id: 'assignments.id',
      unitName: 'units.name',
      en: 'roles.name_en',
      it: 'roles.name_it',
    })) as { id: string; unitName: string; en: string; it: string }[];
  const nameOf = new Map(names.map((n) => [n.id, n]));
  const assignments = actor.assignments.map((a) => ({
    id: a.id,
    role: a.role,
    roleNames: { en: nameOf.get(a.id)?.en ?? a.role, it: nameOf.get(a.id)?.it ?? a.role },
    unit: { id: a.unitId, name: nameOf.get(a.id)?.unitName ?? '' },
    visibility: a.visibility,
  }));
  return { ...mine, assignments };
}

async function localeOf(knex: Knex, actor: Actor): Promise<'it' | 'en'> {
  const table = actor.kind === 'holder' ? 'holders' : 'operators';
  const row = (await knex(table).where({ id: actor.id }).first('locale')) as { locale: 'it' | 'en' } | undefined;
  return row?.locale ?? 'it';
}
