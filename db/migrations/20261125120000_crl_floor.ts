import type { Knex } from 'knex';

/** The next CRL has a higher number than this: after a restore, than any that was published since the backup (RFC 5280 5.2.3). */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table cas add column crl_floor bigint not null default 0');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table cas drop column crl_floor');
}
