import type { Knex } from 'knex';

/** Which process does the call of a key: one that died gives the key up at once. Null: a process of the release before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table idempotency_keys add column holder text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table idempotency_keys drop column holder');
}
