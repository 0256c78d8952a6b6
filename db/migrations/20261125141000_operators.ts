import type { Knex } from 'knex';

/** Operators begin and end, are removed without being forgotten, and are found among a hundred thousand; assignments end instead of vanishing. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table operators
      add valid_from timestamptz,
      -- for good, but kept for the audit; a removed operator is not active either
      add removed_at timestamptz,
      add check (removed_at is null or not active),
      -- what lists are sorted by; ids tell equal ones apart
      add sort_name text generated always as (left(lower(family_name || ' ' || given_name), 60)) stored;
    create index operators_sorted on operators (sort_name, id);
    create index operators_search on operators using gin ((lower(given_name || ' ' || family_name || ' ' || email::text)) gin_trgm_ops);

    alter table assignments
      add granted_by uuid references operators,
      add created_at timestamptz not null default now();
    create index assignments_unit on assignments (unit_id, operator_id);
    create index assignments_role on assignments (role, operator_id);
    create index assignments_everywhere on assignments (operator_id) where visibility = 'all';

    -- whoever signs in by other means has none, nor has a new operator before the first one is given
    alter table accounts alter password_hash drop not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update accounts set password_hash = '' where password_hash is null;
    alter table accounts alter password_hash set not null;
    drop index assignments_everywhere; drop index assignments_role; drop index assignments_unit;
    alter table assignments drop granted_by, drop created_at;
    drop index operators_search;
    alter table operators drop sort_name, drop removed_at, drop valid_from;
  `);
}
