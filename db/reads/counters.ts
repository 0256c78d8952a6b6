import type { Knex } from 'knex';

/** Folds the deltas that writers left into the counters; returns how many there were. Figures are right before and after. */
export async function foldCounters(knex: Knex): Promise<number> {
  const { rows } = (await knex.raw(`
    with taken as (delete from counter_deltas returning unit_id, name, day, delta),
         summed as (select unit_id, name, day, sum(delta) as delta from taken group by 1, 2, 3),
         folded as (
           insert into counters as c (unit_id, name, day, value) select unit_id, name, day, delta from summed
           on conflict (name, day, unit_id) do update set value = c.value + excluded.value
         )
    select count(*)::int as n from taken`)) as { rows: { n: number }[] };
  return rows[0]?.n ?? 0;
}

/** Counters and what is not folded yet, as one table `(unit_id, name, day, value)`. */
export const counted = `(select unit_id, name, day, value from counters union all select unit_id, name, day, delta from counter_deltas)`;
