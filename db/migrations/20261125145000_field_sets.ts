import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** Fields of personal data that an installation adds. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- All definitions at a time: each change is a new row, none ever changes
    create table field_sets (
      version int primary key,
      -- FieldSet of domain/field-definition.ts
      definition jsonb not null,
      created_by uuid references operators,
      created_at timestamptz not null default now()
    );
    insert into field_sets (version, definition) values (0, '{"groups": [], "fields": []}');
    create trigger no_truncate before truncate on field_sets execute function refuse_truncate();

    alter table holders rename column attributes to extra;
    alter table holders add column field_set int not null default 0 references field_sets;
    alter table requests
      add column extra jsonb not null default '{}',
      -- the definitions that it was made with
      add column field_set int not null default 0 references field_sets;
    alter table amendments add column extra jsonb not null default '{}';

    -- what a list is filtered by: code and the first 100 characters of the value
    create function field_token(code text, value text) returns text language sql immutable parallel safe as $$
      select code || '=' || lower(left(value, 100))
    $$;
    create function field_tokens(extra jsonb) returns text[] language sql immutable parallel safe as $$
      select coalesce(array_agg(key || '=' || lower(left(value, 100))), '{}') from jsonb_each_text(extra)
    $$;
    create index holders_fields on holders using gin (field_tokens(extra));
    create index requests_fields on requests using gin (field_tokens(coalesce(data -> 'extra', '{}') || extra));

    update roles set permissions = array_append(permissions, 'field.read')
    where code in ('RO', 'DO', 'BO', 'HD', 'SA') and shipped and not 'field.read' = any(permissions);
    update roles set permissions = array_append(permissions, 'field.manage')
    where code = 'SA' and shipped and not 'field.manage' = any(permissions);
  `);
  await knex.raw(auditTriggers({ table: 'field_sets', key: ['version'] }));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update roles set permissions = array_remove(array_remove(permissions, 'field.read'), 'field.manage');
    drop index requests_fields; drop index holders_fields;
    drop function field_tokens(jsonb); drop function field_token(text, text);
    alter table amendments drop column extra;
    alter table requests drop column extra, drop column field_set;
    alter table holders drop column field_set;
    alter table holders rename column extra to attributes;
    drop table field_sets; drop function audit_field_sets();
  `);
}
