import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** Passwords are set anew by a link in a mail; mails also go to whoever signs in, not only to holders of devices. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table password_resets (
      id uuid primary key,
      account_id uuid not null references accounts,
      -- SHA-256 of the token in the mail, which is made when the mail goes and kept nowhere
      token_hash bytea not null unique,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz
    );
    create index password_resets_account on password_resets (account_id);
    create trigger no_truncate before truncate on password_resets execute function refuse_truncate();

    alter table mail_outbox
      alter column holder_id drop not null,
      add column account_id uuid references accounts,
      add check (num_nonnulls(holder_id, account_id) = 1);

    update roles set permissions = permissions || array['session.manage', 'signin.manage']
    where code = 'SA' and shipped and not 'session.manage' = any(permissions);
  `);
  await knex.raw(auditTriggers({ table: 'password_resets', digest: ['token_hash'] }));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update roles set permissions = array_remove(array_remove(permissions, 'session.manage'), 'signin.manage');
    delete from mail_outbox where holder_id is null;
    alter table mail_outbox drop column account_id, alter column holder_id set not null;
    drop table password_resets; drop function audit_password_resets();
  `);
}
