import type { Knex } from 'knex';

import { officeWide, sees, type Actor } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { statesBeforeProduction } from '../../domain/request-state.ts';
import type { UnitData } from '../../domain/unit-data.ts';
import { standsAbove } from '../../domain/unit-rules.ts';
import { unitRows, visibleUnits, working, type UnitRow } from './unit-rows.ts';
import { unitInForce } from './units-in-force.ts';
import { notFound, visibleTo } from './visible-to.ts';

/** Everything that the page of a unit shows, including what this actor may do now. `not_found` when hidden. */
export async function unitDetail(knex: Knex, actor: Actor, id: string) {
  const whole = unitRows(knex, actor).select('units.*');
  const unit = (await visibleUnits(whole, actor).where('units.id', id).first()) as WholeRow | undefined;
  if (!unit) throw notFound();
  const may = mayDo(actor, unit);
  const [above, roles, ifClosed] = await Promise.all([
    aboveOf(knex, actor, unit),
    rolesOf(knex, id),
    may.close && unit.state !== 'closed' ? ifClosedNow(knex, unit) : null,
  ]);
  return { ...unit, above, roles, ifClosed, may };
}

interface WholeRow extends UnitRow, Pick<UnitData, 'address' | 'identifiers' | 'attributes'> {
  active: boolean;
  opensAt: Date | null;
  closesAt: Date | null;
}

/** The visible units above, the root first. */
const aboveOf = async (knex: Knex, actor: Actor, { path, id }: WholeRow) =>
  (await visibleUnits(knex('units'), actor)
    .whereRaw('units.path @> ?::ltree', [path])
    .whereNot('units.id', id)
    .orderByRaw('nlevel(units.path)')
    .select('units.id', 'units.name')) as { id: string; name: string }[];

/** Which roles are held in the unit itself, and by how many. */
const rolesOf = async (knex: Knex, id: string) =>
  (
    (await knex('assignments as a')
      .joinRaw(working)
      .join('roles', 'roles.code', 'a.role')
      .where('a.unit_id', id)
      .groupBy('roles.code')
      .orderBy('roles.code')
      .select({
        code: 'roles.code',
        en: 'roles.name_en',
        it: 'roles.name_it',
        operators: knex.raw('count(distinct a.operator_id)::int'),
      })) as {
      code: string;
      en: string;
      it: string;
      operators: number;
    }[]
  ).map(({ code, en, it, operators }) => ({ code, name: { en, it }, operators }));

interface IfClosed {
  /** How many lose effect: they work in the unit or below. */
  operators: number;
  /** How many requests are handed over. */
  requests: number;
  /** The unit that gets them. */
  to: string;
}

/** What closing the unit now would do. Null for the root, and where a unit above is not open: that one has closed it already. */
async function ifClosedNow(knex: Knex, { parentId, path }: WholeRow): Promise<IfClosed | null> {
  if (parentId === null) return null;
  const { rows } = (await knex.raw(
    `select parent.name as "to",
       (select count(distinct a.operator_id)::int from units u join assignments a on a.unit_id = u.id ${working} where u.path <@ :path::ltree) as operators,
       (select count(*)::int from units u join requests r on r.unit_id = u.id
         where u.path <@ :path::ltree and r.state in (${statesBeforeProduction.map((s) => `'${s}'`).join(', ')})) as requests
     from units parent where parent.id = :parentId and ${unitInForce('parent')}`,
    { path, parentId },
  )) as { rows: IfClosed[] };
  return rows[0] ?? null;
}

function mayDo(actor: Actor, { parentId, path }: WholeRow) {
  const manages = sees(officeWide(actor), 'unit.manage', { unitPath: path, registeredBy: null });
  const leads = parentId !== null && standsAbove(actor, path);
  return { edit: manages, add: manages, open: leads, close: leads, move: leads };
}

/** The path of a unit that the actor administers. */
async function managedPath(knex: Knex, actor: Actor, id: string): Promise<string | undefined> {
  const query = visibleTo(knex('units'), officeWide(actor), 'unit.manage', { unitPath: 'units.path', registeredBy: null });
  return ((await query.where({ id }).first('path')) as { path: string } | undefined)?.path;
}

/** Throws `not_found` unless the actor administers the unit. */
export async function assertManages(knex: Knex, actor: Actor, id: string): Promise<void> {
  if ((await managedPath(knex, actor, id)) === undefined) throw notFound();
}

/** Throws `forbidden` unless the actor administers the unit that is to hold another. */
export async function assertParent(knex: Knex, actor: Actor, parentId: string): Promise<void> {
  if ((await managedPath(knex, actor, parentId)) !== undefined) return;
  throw failure('forbidden', 'You do not administer the unit above. Choose one of yours.', [
    { pointer: '/parentId', message: 'Not one of the units that you administer' },
  ]);
}

/** Throws unless the actor administers the unit from above: `not_found` where they do not administer it at all. */
export async function assertLeads(knex: Knex, actor: Actor, id: string): Promise<void> {
  const path = await managedPath(knex, actor, id);
  if (path === undefined) throw notFound();
  if (!standsAbove(actor, path))
    throw failure('forbidden', 'Your own task lies in this unit: ask an administrator of a unit above to open, close or move it.');
}
