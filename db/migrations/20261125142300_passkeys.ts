import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** Passkeys: several a person, each with a name. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table passkeys (
      id uuid primary key,
      account_id uuid not null references accounts,
      -- what the authenticator calls it, base64url
      credential_id text not null unique,
      -- COSE key
      public_key bytea not null,
      -- counts uses, where the authenticator does; one that goes back is a copy
      counter bigint not null,
      transports text[] not null,
      -- copied among the devices of the person by their provider
      synced boolean not null,
      name text not null,
      created_at timestamptz not null default now(),
      last_used_at timestamptz
    );
    create index passkeys_account on passkeys (account_id);
    create trigger no_truncate before truncate on passkeys execute function refuse_truncate();

    -- What an authenticator is to sign now, for a session or a sign-in that waits; no business fact, so not audited.
    create table passkey_challenges (
      -- the id hash of the session or of the pending sign-in
      asked_by bytea primary key,
      challenge text not null,
      expires_at timestamptz not null
    );
    create index passkey_challenges_over on passkey_challenges (expires_at);
  `);
  await knex.raw(auditTriggers({ table: 'passkeys', digest: ['public_key'] }));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table passkey_challenges; drop table passkeys; drop function audit_passkeys()');
}
