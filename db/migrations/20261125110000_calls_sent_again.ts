import type { Knex } from 'knex';

/** A call that failed and is sent again makes what it made before, not a second one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- null in rows of an older release
    alter table idempotency_keys add column new_id uuid;
    alter table idempotency_keys add column abandoned boolean not null default false;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table idempotency_keys drop column new_id, drop column abandoned');
}
