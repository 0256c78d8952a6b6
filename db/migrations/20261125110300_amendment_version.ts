import type { Knex } from 'knex';

/** The version that an edit was made on: of several edits of one version only the first is applied. Null: planned by the release before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table amendments add column version int');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table amendments drop column version');
}
