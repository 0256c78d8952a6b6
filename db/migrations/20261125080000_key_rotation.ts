import type { Knex } from 'knex';

/** A new data key is known to every process before anybody writes with it. Rotating keys is the system administrator's. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- new values are sealed with the newest key that is usable; an older release goes by "current"
    alter table data_keys add column usable_from timestamptz not null default now();
    update roles set permissions = array_append(permissions, 'key.rotate')
     where code = 'SA' and shipped and not 'key.rotate' = any (permissions);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table data_keys drop column usable_from;
    update roles set permissions = array_remove(permissions, 'key.rotate') where code = 'SA' and shipped;
  `);
}
