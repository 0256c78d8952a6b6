import type { Knex } from 'knex';

/** Holders, the profiles their devices are made by, sign-in accounts and sessions. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table holders (
      id uuid primary key,
      unit_id uuid not null references units,
      given_name text not null,
      family_name text not null,
      birth_date date not null,
      birth_place text not null,
      tax_code text not null,
      email citext not null,
      -- {kind, number, issuer, expiresOn}: the identity document seen face to face
      document jsonb not null,
      attributes jsonb not null default '{}',
      locale text not null default 'it' check (locale in ('it', 'en')),
      registered_by uuid not null references operators,
      version int not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (unit_id, tax_code)
    );
    create index holders_search on holders using gin ((lower(given_name || ' ' || family_name || ' ' || tax_code)) gin_trgm_ops);
    create index holders_created on holders (created_at desc, id desc);

    create table accounts (
      id uuid primary key,
      login citext not null unique,
      password_hash text not null,
      operator_id uuid unique references operators,
      holder_id uuid unique references holders,
      failures int not null default 0,
      -- exponential delay after failures; never a hard lock, which would lock others out
      next_attempt_at timestamptz,
      password_changed_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      check (num_nonnulls(operator_id, holder_id) = 1)
    );

    create table sessions (
      -- SHA-256 of the opaque id in the cookie
      id_hash bytea primary key,
      id uuid not null unique,
      account_id uuid not null references accounts,
      created_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      expires_at timestamptz not null,
      remote_address text not null default '',
      user_agent text not null default ''
    );
    create index sessions_account on sessions (account_id);

    create table certificate_profiles (
      code text primary key,
      -- CertificateProfile of domain/profile.ts
      definition jsonb not null,
      active boolean not null default true,
      version int not null default 1
    );

    create table device_profiles (
      id uuid primary key,
      code text not null,
      revision int not null,
      name_en text not null,
      name_it text not null,
      -- DeviceProfile of domain/profile.ts; a request keeps the revision it was made with
      definition jsonb not null,
      active boolean not null default true,
      version int not null default 1,
      unique (code, revision)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    'drop table device_profiles; drop table certificate_profiles; drop table sessions; drop table accounts; drop table holders',
  );
}
