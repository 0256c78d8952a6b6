import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** Roles of the organisation's own, where each is offered, and what nobody holds together. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- kinds of units in which the role is offered first
    alter table roles add offered_in text[] not null default '{}' check (offered_in <@ '{organization,division,office}'::text[]);

    create table separation_rules (
      id uuid primary key,
      kind text not null check (kind in ('permissions', 'roles')),
      first text not null,
      second text not null check (second <> first),
      shipped boolean not null default false,
      active boolean not null default true,
      version int not null default 1,
      unique (kind, first, second)
    );
    create trigger touch before update on separation_rules for each row when (old.* is distinct from new.*) execute function count_version();
    create trigger no_truncate before truncate on separation_rules execute function refuse_truncate();
  `);
  await knex.raw(auditTriggers({ table: 'separation_rules' }));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table separation_rules; drop function audit_separation_rules(); alter table roles drop offered_in');
}
