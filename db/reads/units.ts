import type { Knex } from 'knex';

import { officeWide, reachOf, type Actor } from '../../domain/actor.ts';
import type { ShownUnitState, UnitKind } from '../../domain/unit.ts';
import { chosenPage, toPage, type PageQuery, type SortKey } from './keyset.ts';
import { escapeLike } from './search.ts';
import { unitRows, visibleUnits, type UnitRow } from './unit-rows.ts';
import { closedAbove, unitOpen, unitState } from './units-in-force.ts';

export interface UnitFilter extends PageQuery {
  /** Units directly below this one; `top`: where the actor's part of the tree begins. */
  parentId?: string | undefined;
  search?: string | undefined;
  code?: string | undefined;
  kind?: UnitKind[] | undefined;
  state?: ShownUnitState[] | undefined;
  category?: string | undefined;
  /** The name of an attribute or identifier that the unit has, or `name=value`. */
  attribute?: string | undefined;
  sort?: 'name' | 'code' | undefined;
}

const sorts: Record<NonNullable<UnitFilter['sort']>, SortKey> = {
  name: { column: 'units.name', id: 'units.id', type: 'text', direction: 'asc' },
  code: { column: 'units.code', id: 'units.id', type: 'text', direction: 'asc' },
};
// the expressions that the indexes are on
const searched = 'unit_search(units.name, units.code, units.category, units.address, units.identifiers, units.attributes)';
const labels = '(units.identifiers || units.attributes)';

/** One page of the units that the actor sees. */
export async function listUnits(knex: Knex, actor: Actor, filter: UnitFilter = {}) {
  const choices = [chosen(knex, actor, filter)];
  const rows = (await chosenPage(unitRows(knex, actor), { choices, key: sorts[filter.sort ?? 'name'], page: filter })) as UnitRow[];
  return toPage(rows, filter, (row) => row as UnitRow);
}

function chosen(knex: Knex, actor: Actor, filter: UnitFilter): Knex.QueryBuilder {
  const query = visibleUnits(knex('units'), actor);
  if (filter.parentId === 'top') topOf(query, actor);
  else if (filter.parentId) void query.where('units.parent_id', filter.parentId);
  if (filter.kind?.length) void query.whereIn('units.kind', filter.kind);
  if (filter.code) void query.where('units.code', filter.code);
  if (filter.category) void query.where('units.category', filter.category);
  if (filter.state?.length) inStates(query, filter.state);
  if (filter.attribute) having(query, filter.attribute);
  for (const word of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
    void query.whereRaw(`${searched} like ?`, [`%${escapeLike(word)}%`]);
  return query;
}

function inStates(query: Knex.QueryBuilder, states: readonly ShownUnitState[]): void {
  void query.where((either) => {
    void either.whereRaw(`${unitState('units')} = any (?)`, [states.filter((state) => state !== 'open' && state !== 'closed_above')]);
    if (states.includes('open')) void either.orWhereRaw(`${unitOpen('units')} and not ${closedAbove('units')}`);
    if (states.includes('closed_above')) void either.orWhereRaw(`${unitOpen('units')} and ${closedAbove('units')}`);
  });
}

function topOf(query: Knex.QueryBuilder, actor: Actor): void {
  const { everything, below, units } = reachOf(officeWide(actor), 'unit.read');
  if (everything) return void query.whereNull('units.parent_id');
  const alone = units.filter((path) => !units.includes(path.slice(0, path.lastIndexOf('.'))));
  void query.whereRaw('units.path = any (?::ltree[])', [[...below, ...alone]]);
}

function having(query: Knex.QueryBuilder, attribute: string): void {
  const [name = '', ...value] = attribute.split('=');
  const wanted = { name: name.trim(), ...(value.length > 0 && { value: value.join('=').trim() }) };
  void query.whereRaw(`${labels} @> ?::jsonb`, [JSON.stringify([wanted])]);
}

/** Categories and names of attributes that units of the actor have: what filters and forms offer. */
export async function unitLabels(knex: Knex, actor: Actor): Promise<{ categories: string[]; attributes: string[] }> {
  const mine = () => visibleUnits(knex('units'), actor);
  const [categories, attributes] = await Promise.all([
    mine().whereNotNull('units.category').distinct('units.category').orderBy('units.category').limit(LONGEST_OFFER).pluck('category'),
    mine()
      .joinRaw(`cross join lateral jsonb_array_elements(${labels}) as label`)
      .distinct(knex.raw(`label ->> 'name' as name`))
      .orderBy('name')
      .limit(LONGEST_OFFER),
  ]);
  return { categories: categories as string[], attributes: (attributes as { name: string }[]).map(({ name }) => name) };
}

const LONGEST_OFFER = 200;
