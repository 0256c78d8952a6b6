import type { Knex } from 'knex';

/** A session knows how its person proved who they are, and when last: a password alone does not do for everything. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sessions
      -- Authentication Method References of RFC 8176
      add column methods text[] not null default '{pwd}' check (cardinality(methods) > 0),
      add column authenticated_at timestamptz not null default now();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table sessions drop column methods, drop column authenticated_at');
}
