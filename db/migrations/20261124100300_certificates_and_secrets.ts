import type { Knex } from 'knex';

/** Certificates and their actions, the embedded CA's own ledger and CRLs, keys and secret codes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table certificates (
      id uuid primary key,
      request_id uuid not null references requests,
      device_id uuid not null references devices,
      slot text not null,
      profile text not null references certificate_profiles,
      ca text not null,
      -- the intent: written before the CA is asked; one per device and slot
      client_ref text not null unique,
      csr bytea,
      spki_sha256 bytea,
      serial text,
      subject text,
      not_before timestamptz,
      not_after timestamptz,
      der bytea,
      state text not null,
      state_since timestamptz not null default now(),
      revocation_reason text,
      problem_detail text,
      created_at timestamptz not null default now(),
      version int not null default 1,
      unique (device_id, slot),
      unique (ca, serial)
    );
    create index certificates_request on certificates (request_id);
    create index certificates_expiry on certificates (not_after) where state in ('issued', 'active', 'on_hold');
    -- the same key for two certificates is refused (key reuse across persons)
    create unique index certificates_key on certificates (spki_sha256) where spki_sha256 is not null;

    create table certificate_actions (
      id uuid primary key,
      certificate_id uuid not null references certificates,
      kind text not null check (kind in ('suspension', 'reactivation', 'revocation')),
      n int not null,
      reason text not null,
      requested_by_kind text not null,
      requested_by uuid,
      -- of one certificate in this order: set while the device is locked
      requested_at timestamptz not null default clock_timestamp(),
      -- the CA carried it out / a published CRL carries it: two facts, two times
      confirmed_at timestamptz,
      published_at timestamptz,
      crl_number bigint,
      workflow_state text not null default 'pending_start' check (workflow_state in ('pending_start', 'started', 'ended')),
      attempts int not null default 0,
      next_attempt_at timestamptz,
      problem_detail text,
      unique (certificate_id, kind, n)
    );
    create index certificate_actions_unstarted on certificate_actions (requested_at) where workflow_state = 'pending_start';

    -- The embedded CA: its own ledger, the independent witness of what was signed.
    create table cas (
      code text primary key,
      name text not null,
      kind text not null,
      key_label text not null,
      certificate bytea not null,
      -- counts changes of status; a CRL says which count it carries
      changes bigint not null default 0
    );
    create table ca_ledger (
      ca text not null references cas,
      serial text not null,
      client_ref text not null,
      -- SHA-256 of the order: the same client_ref with another order is refused
      order_hash bytea not null,
      not_after timestamptz not null,
      -- null until signed: serial and order are stored before the key is used
      certificate bytea,
      status text not null default 'good' check (status in ('good', 'held', 'revoked')),
      reason text,
      status_since timestamptz not null default now(),
      change bigint,
      primary key (ca, serial),
      unique (ca, client_ref)
    );
    create index ca_ledger_revoked on ca_ledger (ca, serial) where status <> 'good';
    create table crls (
      ca text not null references cas,
      number bigint not null,
      this_update timestamptz not null,
      next_update timestamptz not null,
      change bigint not null,
      der bytea not null,
      primary key (ca, number)
    );

    create table data_keys (
      id uuid primary key,
      purpose text not null check (purpose in ('codes', 'payload')),
      -- the AES-256 key under the HSM's wrapping key; AAD is purpose and id
      wrapped bytea not null,
      wrapping_key text not null,
      current boolean not null default true,
      created_at timestamptz not null default now()
    );
    create unique index data_keys_current on data_keys (purpose) where current;

    create table secret_codes (
      id uuid primary key,
      kind text not null check (kind in ('pin', 'puk', 'activation', 'chosen_pin')),
      device_id uuid not null references devices,
      request_id uuid not null references requests,
      state text not null,
      -- AES-256-GCM under the data key; AAD is id and kind; null once the code is void
      ciphertext bytea,
      key_id uuid not null references data_keys,
      failures int not null default 0,
      expires_at timestamptz,
      created_at timestamptz not null default now(),
      state_since timestamptz not null default now()
    );
    create index secret_codes_device on secret_codes (device_id);
    create unique index secret_codes_live on secret_codes (device_id, kind) where state <> 'void' and state <> 'used';

    create table sealed_documents (
      id uuid primary key,
      kind text not null check (kind in ('pin_mailer')),
      device_id uuid not null references devices,
      envelope text not null unique,
      -- null once it was printed: printed once and gone
      ciphertext bytea,
      key_id uuid not null references data_keys,
      created_at timestamptz not null default now(),
      printed_at timestamptz,
      printed_by uuid references operators
    );
    create unique index sealed_documents_device on sealed_documents (device_id, kind);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table sealed_documents; drop table secret_codes; drop table data_keys; drop table crls; drop table ca_ledger; drop table cas;
    drop table certificate_actions; drop table certificates;
  `);
}
