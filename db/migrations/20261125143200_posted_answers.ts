import type { Knex } from 'knex';

/** The answer of a SAML provider comes by a form of another site, without our cookie: it waits here until the browser has shown that it is its own. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table sign_in_journeys add column answer text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table sign_in_journeys drop column answer');
}
