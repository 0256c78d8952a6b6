import type { Knex } from 'knex';

import { reachOf, type Actor } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { shippedFirst } from '../../domain/permissions.ts';
import { notFound } from './visible-to.ts';

/** All roles of operators, shipped ones first, with the number of assignments that have not ended. */
export async function listRoles(knex: Knex) {
  const rows = (await knex('roles as r')
    .leftJoin(holders(knex), 'h.role', 'r.code')
    .whereNot('r.code', 'TH')
    .orderBy('r.code')
    .select('r.*', { held: 'h.held' })) as RoleRow[];
  return rows.map(toRole).sort((a, b) => shippedFirst(a.code) - shippedFirst(b.code));
}

export async function roleDetail(knex: Knex, code: string) {
  const role = (await listRoles(knex)).find((one) => one.code === code);
  if (!role) throw notFound();
  return role;
}

const holders = (knex: Knex) =>
  knex('assignments')
    .whereRaw('(valid_until is null or valid_until > now())')
    .groupBy('role')
    .select('role', knex.raw('count(*)::int as held'))
    .as('h');

interface RoleRow extends Record<string, unknown> {
  code: string;
}

const toRole = (r: RoleRow) => ({
  code: r.code,
  name: { en: r.nameEn as string, it: r.nameIt as string },
  permissions: r.permissions as string[],
  offeredIn: r.offeredIn as string[],
  shipped: r.shipped as boolean,
  held: (r.held as number | null) ?? 0,
  version: r.version as number,
});

/** Every rule of separation, also those that are off. */
export const listSeparationRules = (knex: Knex) =>
  knex('separation_rules')
    .orderBy(['kind', 'first', 'second'])
    .select<SeparationRuleRow[]>('id', 'kind', 'first', 'second', 'shipped', 'active');

interface SeparationRuleRow {
  id: string;
  kind: string;
  first: string;
  second: string;
  shipped: boolean;
  active: boolean;
}

/** Roles and rules are of the whole organisation: whoever makes roles in a part of it does not change them for everybody. */
export function assertMakesRoles(actor: Actor): void {
  if (!reachOf(actor, 'role.manage').everything)
    throw failure('forbidden', 'Roles are of the whole organisation. Ask an administrator who sees all of it.');
}
