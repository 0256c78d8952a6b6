import type { Knex } from 'knex';

/** The page of a request shows its mails that do not arrive; a corrected address sends the refused ones again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index mail_outbox_request on mail_outbox (request_id, created_at);
    create index mail_outbox_refused_holder on mail_outbox (holder_id) where state = 'refused';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index mail_outbox_request; drop index mail_outbox_refused_holder');
}
