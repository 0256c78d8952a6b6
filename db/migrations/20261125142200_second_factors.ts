import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** One-time codes and recovery codes beside the password, and the step of sign-in between the two. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table totp_factors (
      id uuid primary key,
      account_id uuid not null unique references accounts,
      -- the seed, AES-256-GCM under the data key; AAD is the id and 'totp'
      ciphertext bytea not null,
      key_id uuid not null references data_keys,
      -- null while no code of it was shown
      confirmed_at timestamptz,
      -- the time step of the last code: none is good twice
      last_step bigint not null default 0,
      created_at timestamptz not null default now()
    );
    create trigger no_truncate before truncate on totp_factors execute function refuse_truncate();

    create table recovery_codes (
      id uuid primary key,
      account_id uuid not null references accounts,
      -- SHA-256; 80 random bits need no slow hash
      hash bytea not null,
      used_at timestamptz,
      created_at timestamptz not null default now()
    );
    create index recovery_codes_account on recovery_codes (account_id);
    create trigger no_truncate before truncate on recovery_codes execute function refuse_truncate();

    -- A right password, and no session yet. No business fact, so not audited.
    create table pending_sign_ins (
      -- SHA-256 of the opaque id in the cookie
      id_hash bytea primary key,
      account_id uuid not null references accounts,
      methods text[] not null,
      failures int not null default 0,
      expires_at timestamptz not null
    );
    create index pending_sign_ins_over on pending_sign_ins (expires_at);
  `);
  await knex.raw(auditTriggers({ table: 'totp_factors', digest: ['ciphertext'] }));
  await knex.raw(auditTriggers({ table: 'recovery_codes', digest: ['hash'] }));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table pending_sign_ins; drop table recovery_codes; drop table totp_factors;
    drop function audit_recovery_codes(); drop function audit_totp_factors();
  `);
}
