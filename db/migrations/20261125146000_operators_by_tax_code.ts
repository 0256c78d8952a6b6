import type { Knex } from 'knex';

/** Who may not decide on a request for themselves is looked up at each of its steps and views. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create index operators_tax_code on operators (tax_code) where tax_code is not null');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index operators_tax_code');
}
