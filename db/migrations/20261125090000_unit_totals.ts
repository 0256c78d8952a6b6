import type { Knex } from 'knex';

/**
 * What keeps the home page fast: the figures of a unit with all that is below it, so that a whole region reads a few rows and not those of ten
 * thousand offices; what each unit issued in thirty days, for the chart of the busiest; and what waits for somebody, the longest first.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table unit_totals (
      unit_id uuid not null,
      name text not null,
      day date not null default '-infinity',
      value bigint not null,
      primary key (unit_id, name, day)
    );
    insert into unit_totals (unit_id, name, day, value)
      select up.id, c.name, c.day, sum(c.value) from counters c join units u on u.id = c.unit_id join units up on up.path @> u.path
      group by 1, 2, 3;

    create table unit_months (
      unit_id uuid primary key,
      value bigint not null,
      -- the last of the thirty days
      until date not null
    );
    create index unit_months_value on unit_months (value desc, unit_id);
    create index unit_months_until on unit_months (until);
    create index counters_unit on counters (unit_id, name, day);
    create index requests_waiting on requests (state, waiting_since) where waiting_since is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index requests_waiting; drop index counters_unit; drop table unit_months; drop table unit_totals');
}
