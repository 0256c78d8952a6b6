import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** API keys of operators: what applications sign in with. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table api_keys (
      id uuid primary key,
      -- the part of the key that names it; may be shown
      prefix text not null unique,
      -- SHA-256 of the whole key
      hash bytea not null,
      operator_id uuid not null references operators,
      -- what the key reaches lies in this unit or below
      unit_id uuid not null references units,
      name text not null,
      permissions text[] not null check (cardinality(permissions) > 0),
      -- from where it may be used, as CIDR; empty: from anywhere
      networks text[] not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      revoked_at timestamptz
    );
    create index api_keys_newest on api_keys (created_at desc, id desc);
    create index api_keys_operator on api_keys (operator_id);
    create trigger no_truncate before truncate on api_keys execute function refuse_truncate();

    -- No business fact, so not audited; written once a minute.
    create table api_key_uses (
      key_id uuid primary key references api_keys,
      at timestamptz not null,
      address text not null
    );

    update roles set permissions = array_append(permissions, 'api_key.manage')
    where code in ('DO', 'SA') and shipped and not 'api_key.manage' = any(permissions);
  `);
  await knex.raw(auditTriggers({ table: 'api_keys', digest: ['hash'] }));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update roles set permissions = array_remove(permissions, 'api_key.manage');
    drop table api_key_uses; drop table api_keys; drop function audit_api_keys();
  `);
}
