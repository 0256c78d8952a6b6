import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** Directories and single sign-on: who is known elsewhere, and which roles that gives here. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table identity_sources (
      id uuid primary key,
      kind text not null check (kind in ('ldap', 'oidc', 'saml')),
      -- what people read on the button, and administrators in messages
      name text not null unique,
      -- by kind, see domain/identity-source.ts
      settings jsonb not null,
      -- password of the service account or client secret, AES-256-GCM under a data key
      secret bytea,
      secret_key_id uuid,
      -- [{group, role, unitId, visibility}]
      mapping jsonb not null,
      -- whether an operator who is here already is known by the e-mail address
      links_by_email boolean not null,
      enabled boolean not null,
      version int not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      check ((secret is null) = (secret_key_id is null))
    );
    create trigger touch before update on identity_sources for each row when (old.* is distinct from new.*) execute function touch_row();
    create trigger no_truncate before truncate on identity_sources execute function refuse_truncate();

    -- Who signs in through a source, and there only: no password of ours counts any more.
    alter table accounts
      add column identity_source_id uuid references identity_sources,
      add column identity_subject text,
      add unique (identity_source_id, identity_subject),
      add check ((identity_source_id is null) = (identity_subject is null));

    -- Given by the groups of a source: goes and comes with them at each sign-in.
    alter table assignments add column identity_source_id uuid references identity_sources;
  `);
  await knex.raw(auditTriggers({ table: 'identity_sources', digest: ['secret'] }));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table assignments drop column identity_source_id;
    alter table accounts drop column identity_source_id, drop column identity_subject;
    drop table identity_sources; drop function audit_identity_sources();
  `);
}
