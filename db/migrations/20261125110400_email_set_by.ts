import type { Knex } from 'knex';

/** Who set a holder's e-mail address last: who leads a request or hands its card over must not direct the activation code elsewhere alone. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table holders add column email_set_by uuid references operators');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table holders drop column email_set_by');
}
