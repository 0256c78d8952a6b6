import type { Knex } from 'knex';

/** Browsers that went to another site to sign in. No business fact: a journey ends with its return, or after ten minutes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table sign_in_journeys (
      -- SHA-256 of the state that the browser carries along
      state_hash bytea primary key,
      source_id uuid not null references identity_sources,
      -- what the answer must match
      expected jsonb not null,
      -- the page that was wanted
      next text not null,
      expires_at timestamptz not null
    );
    create index sign_in_journeys_expired on sign_in_journeys (expires_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table sign_in_journeys');
}
