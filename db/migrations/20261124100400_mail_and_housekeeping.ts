import type { Knex } from 'knex';

/** Mail outbox, idempotency keys, maintained counters. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table mail_outbox (
      id uuid primary key,
      -- one mail per event: the unique business key, such as activation/<deviceId>
      event_key text not null unique,
      template text not null,
      locale text not null,
      holder_id uuid not null references holders,
      request_id uuid references requests,
      device_id uuid references devices,
      state text not null default 'queued' check (state in ('queued', 'sent', 'refused')),
      attempts int not null default 0,
      next_attempt_at timestamptz not null default now(),
      problem text,
      created_at timestamptz not null default now(),
      sent_at timestamptz
    );
    create index mail_outbox_due on mail_outbox (next_attempt_at) where state = 'queued';

    create table idempotency_keys (
      account_id uuid not null,
      key text not null,
      -- SHA-256 of method, path and body: the same key with another call is refused
      call_hash bytea not null,
      status int,
      response jsonb,
      created_at timestamptz not null default now(),
      primary key (account_id, key)
    );
    create index idempotency_keys_created on idempotency_keys (created_at);

    -- Counters kept by triggers: figures on the home page never count big tables. A writer only appends a delta, so two writers
    -- never wait for each other (nor deadlock) on a counter; deltas are folded into counters from time to time.
    create table counters (
      unit_id uuid not null,
      name text not null,
      day date not null default '-infinity',
      value bigint not null default 0,
      primary key (name, day, unit_id)
    );
    create table counter_deltas (
      unit_id uuid not null,
      name text not null,
      day date not null default '-infinity',
      delta bigint not null
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table counter_deltas; drop table counters; drop table idempotency_keys; drop table mail_outbox');
}
