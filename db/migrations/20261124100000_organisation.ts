import type { Knex } from 'knex';

/** Units, operators, roles, assignments; accounts and sessions of everybody who signs in. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create extension if not exists ltree;
    create extension if not exists pg_trgm;
    create extension if not exists btree_gin;
    create extension if not exists citext;

    create table units (
      id uuid primary key,
      parent_id uuid references units,
      kind text not null check (kind in ('organization', 'division', 'office')),
      code text not null unique,
      name text not null,
      -- ltree of ids without dashes, root first: visibility is a path comparison
      path ltree not null unique,
      active boolean not null default true,
      version int not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index units_path on units using gist (path);

    create table operators (
      id uuid primary key,
      given_name text not null,
      family_name text not null,
      email citext not null unique,
      locale text not null default 'it' check (locale in ('it', 'en')),
      active boolean not null default true,
      valid_until timestamptz,
      -- the person behind the operator, where it is a holder too: nobody approves what is for themselves
      tax_code text,
      version int not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    create table roles (
      code text primary key,
      name_en text not null,
      name_it text not null,
      permissions text[] not null,
      shipped boolean not null default false,
      version int not null default 1
    );

    create table assignments (
      id uuid primary key,
      operator_id uuid not null references operators,
      role text not null references roles,
      unit_id uuid not null references units,
      visibility text not null check (visibility in ('own', 'office', 'subtree', 'all')),
      valid_from timestamptz not null default now(),
      valid_until timestamptz,
      version int not null default 1,
      unique (operator_id, role, unit_id)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table assignments; drop table roles; drop table operators; drop table units');
}
