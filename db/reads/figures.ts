import type { Knex } from 'knex';

import { officeWide, reachOf, type Actor } from '../../domain/actor.ts';
import { MONTH } from './counters.ts';

/** A maintained count: of rows in a state (`requests:approved`, no day), or of what was issued on a day (`issued:desk`). */
export interface Figure {
  name: string;
  day: string | null;
  value: number;
}

/**
 * The figures of all units that the actor sees (counters know units, not registrars), of the last thirty days: read from the totals of the
 * topmost of these units, and from what is not folded into them yet. Costs the same for an office and for a country.
 */
export async function visibleFigures(knex: Knex, actor: Actor): Promise<Figure[]> {
  const { everything, below, units } = reachOf(officeWide(actor), 'home.read');
  const { rows } = (await knex.raw(
    `with wide as (select id, path from units where path = any (:below::ltree[]) or (:everything and parent_id is null)),
          narrow as (select id from units where path = any (:units::ltree[])),
          shown as (
            select name, day, value from unit_totals where unit_id in (select id from wide)
            union all select name, day, value from counters where unit_id in (select id from narrow)
            union all select d.name, d.day, d.delta from counter_deltas d join units u on u.id = d.unit_id
              where u.id in (select id from narrow) or exists (select from wide where u.path <@ wide.path)
          )
     select name, case when day > '-infinity' then day::text end as day, sum(value)::float8 as value from shown
     where day = '-infinity' or day > current_date - ${MONTH} group by 1, 2`,
    { everything, below: [...below], units: [...units] },
  )) as { rows: Figure[] };
  return rows;
}

/** The units that issued most in thirty days, of those that the actor sees. */
export async function busiestUnits(knex: Knex, actor: Actor, limit: number): Promise<{ unitId: string; name: string; value: number }[]> {
  const { everything, below, units } = reachOf(officeWide(actor), 'home.read');
  const query = knex('unit_months')
    .join('units', 'units.id', 'unit_months.unit_id')
    .where('unit_months.value', '>', 0)
    .orderBy([
      { column: 'unit_months.value', order: 'desc' },
      { column: 'unit_months.unit_id', order: 'asc' },
    ])
    .limit(limit)
    .select({ unitId: 'units.id', name: 'units.name', value: 'unit_months.value' });
  if (!everything) void query.whereRaw('(units.path <@ any (?::ltree[]) or units.path = any (?::ltree[]))', [[...below], [...units]]);
  return (await query) as { unitId: string; name: string; value: number }[];
}
