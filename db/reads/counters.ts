import type { Knex } from 'knex';

/** Days of the charts. */
export const MONTH = 30;

/**
 * Folds the deltas that writers left into the counters of their units and into the totals of all units above; returns how many there were.
 * Figures are right before and after. One process at a time; for another meanwhile there is nothing to do.
 */
export const foldCounters = (knex: Knex): Promise<number> =>
  knex.transaction(async (trx) => {
    const { rows } = (await trx.raw(`select pg_try_advisory_xact_lock(hashtextextended('smartcms.counters', 0)) as alone`)) as {
      rows: { alone: boolean }[];
    };
    if (!rows[0]?.alone) return 0;
    const folded = await fold(trx);
    await moveMonths(trx, folded.units);
    return folded.deltas;
  });

async function fold(trx: Knex): Promise<{ deltas: number; units: string[] }> {
  const { rows } = (await trx.raw(`
    with taken as (delete from counter_deltas returning unit_id, name, day, delta),
         summed as (select unit_id, name, day, sum(delta) as delta from taken group by 1, 2, 3),
         folded as (
           insert into counters as c (unit_id, name, day, value) select unit_id, name, day, delta from summed
           on conflict (name, day, unit_id) do update set value = c.value + excluded.value
         ),
         rolled as (
           insert into unit_totals as t (unit_id, name, day, value)
           select up.id, s.name, s.day, sum(s.delta) from summed s join units u on u.id = s.unit_id join units up on up.path @> u.path
           group by 1, 2, 3
           on conflict (unit_id, name, day) do update set value = t.value + excluded.value
         )
    select (select count(*)::int from taken) as deltas,
           array(select distinct unit_id::text from summed where name like 'issued:%') as units`)) as {
    rows: { deltas: number; units: string[] }[];
  };
  return rows[0] ?? { deltas: 0, units: [] };
}

/** Of units that issued something since the last fold, and of all whose thirty days have moved on. */
const moveMonths = (trx: Knex, units: string[]): Promise<unknown> =>
  trx.raw(
    `insert into unit_months (unit_id, value, until)
     select u.id, coalesce(sum(c.value), 0), current_date
     from (select unnest(?::uuid[]) as id union select unit_id from unit_months where until < current_date) u
     left join counters c on c.unit_id = u.id and c.name like 'issued:%' and c.day > current_date - ${MONTH}
     group by u.id
     on conflict (unit_id) do update set value = excluded.value, until = excluded.until`,
    [units],
  );
