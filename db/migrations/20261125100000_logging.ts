import type { Knex } from 'knex';

/** Levels of the log by module; lines that were logged to the database; indexes under the figures of the monitoring. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table log_levels (
      module text primary key,
      level text not null check (level in ('debug', 'info', 'warn', 'error', 'silent'))
    );
    create trigger audit after insert or update or delete on log_levels for each row execute function audit_row('module');
    create trigger no_truncate before truncate on log_levels execute function refuse_truncate();

    -- No business fact, so not audited; goes by age. Holds ids, never personal data.
    create table log_entries (
      id uuid primary key,
      at timestamptz not null,
      level text not null check (level in ('debug', 'info', 'warn', 'error')),
      process text not null,
      host text not null,
      pid int not null,
      module text not null,
      request_id uuid,
      message text not null,
      detail jsonb not null
    );
    create index log_entries_at on log_entries (at desc, id desc);
    create index log_entries_module on log_entries (module, at desc, id desc);
    create index log_entries_request on log_entries (request_id) where request_id is not null;

    create index certificate_actions_open on certificate_actions (kind, requested_at) where workflow_state <> 'ended';
    create index mail_outbox_waiting on mail_outbox (created_at) where state = 'queued';
    create index mail_outbox_refused on mail_outbox (created_at) where state = 'refused';

    update roles set permissions = array_append(permissions, 'log.manage') where code = 'SA' and not 'log.manage' = any(permissions);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update roles set permissions = array_remove(permissions, 'log.manage');
    drop index mail_outbox_refused; drop index mail_outbox_waiting; drop index certificate_actions_open;
    drop table log_entries; drop table log_levels;
  `);
}
