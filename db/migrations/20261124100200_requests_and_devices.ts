import type { Knex } from 'knex';

/** Requests with their approvals; stations, devices, holds, productions and their step journals. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create sequence request_number;

    create table requests (
      id uuid primary key,
      -- shown as 2026-000123
      number text not null unique,
      holder_id uuid not null references holders,
      unit_id uuid not null references units,
      -- copied from the unit and kept in step when it moves, so lists need no join to decide visibility
      unit_path ltree not null,
      profile_id uuid not null references device_profiles,
      model text not null,
      state text not null,
      registered_by uuid not null references operators,
      -- reference of the caller (a row of a file): the same reference in a unit is the same request
      reference text,
      -- HolderData as approved; what is certified comes from here
      data jsonb not null,
      -- lower-case names, tax code, number and reference: what a search looks in
      search text not null default '',
      -- ApprovalState of domain/approval.ts
      approval jsonb,
      round int not null default 1,
      -- what it waits for (requestWaits), since when, and what happens next and when
      waits_for text,
      waiting_since timestamptz,
      next_attempt_at timestamptz,
      deadline_at timestamptz,
      problem_code text,
      problem_detail text,
      workflow_state text not null default 'none' check (workflow_state in ('none', 'pending_start', 'started', 'ended')),
      device_id uuid,
      submitted_by uuid references operators,
      delivered_by uuid references operators,
      -- who ended it and why: an operator, a holder or the system
      closed_by_kind text,
      closed_by text,
      closing_reason text,
      submitted_at timestamptz,
      approved_at timestamptz,
      produced_at timestamptz,
      delivered_at timestamptz,
      activated_at timestamptz,
      closed_at timestamptz,
      version int not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (unit_id, reference)
    );
    create index requests_created on requests (created_at desc, id desc);
    create index requests_updated on requests (updated_at desc, id desc);
    create index requests_state_created on requests (state, created_at desc, id desc);
    create index requests_unit_created on requests (unit_id, created_at desc, id desc);
    create index requests_registered_by on requests (registered_by, created_at desc, id desc);
    create index requests_path on requests using gist (unit_path);
    create index requests_search on requests using gin (search gin_trgm_ops);
    create index requests_holder on requests (holder_id);
    create index requests_unstarted on requests (updated_at) where workflow_state = 'pending_start';

    create table approvals (
      id uuid primary key,
      request_id uuid not null references requests,
      round int not null,
      step int not null,
      operator_id uuid not null references operators,
      verdict text not null check (verdict in ('approve', 'reject')),
      comment text not null default '',
      decided_at timestamptz not null default now(),
      voided_at timestamptz,
      unique (request_id, round, operator_id)
    );

    create table amendments (
      id uuid primary key,
      request_id uuid not null references requests,
      data jsonb not null,
      reason text not null,
      operator_id uuid not null references operators,
      created_at timestamptz not null default now(),
      applied_at timestamptz
    );
    create index amendments_request on amendments (request_id);

    create table stations (
      id uuid primary key,
      code text not null unique,
      name text not null,
      unit_id uuid not null references units,
      kind text not null check (kind in ('virtual', 'keychain')),
      active boolean not null default true,
      version int not null default 1
    );

    create table devices (
      id uuid primary key,
      serial text not null unique,
      profile_id uuid references device_profiles,
      request_id uuid references requests,
      holder_id uuid references holders,
      unit_id uuid not null references units,
      unit_path ltree not null,
      -- who registered the request, for visibility 'own'
      registered_by uuid references operators,
      station_id uuid references stations,
      state text not null,
      search text not null default '',
      produced_at timestamptz,
      delivered_at timestamptz,
      activated_at timestamptz,
      state_since timestamptz not null default now(),
      version int not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index devices_updated on devices (updated_at desc, id desc);
    create index devices_state on devices (state, updated_at desc, id desc);
    create index devices_path on devices using gist (unit_path);
    create index devices_search on devices using gin (search gin_trgm_ops);
    create index devices_holder on devices (holder_id);
    create index devices_stock on devices (station_id, created_at) where state = 'in_stock';
    alter table requests add constraint requests_device foreign key (device_id) references devices;

    create table device_holds (
      id uuid primary key,
      device_id uuid not null references devices,
      cause text not null,
      comment text not null default '',
      placed_by_kind text not null,
      placed_by uuid not null,
      placed_at timestamptz not null default now(),
      lifted_by uuid,
      lifted_at timestamptz
    );
    create index device_holds_device on device_holds (device_id);

    create table productions (
      id uuid primary key,
      request_id uuid not null references requests,
      device_id uuid not null references devices,
      station_id uuid not null references stations,
      n int not null,
      state text not null check (state in ('running', 'stopped', 'completed', 'spoiled')),
      started_by uuid not null references operators,
      problem_code text,
      problem_detail text,
      deadline_at timestamptz,
      started_at timestamptz not null default now(),
      ended_at timestamptz,
      ending_reason text,
      unique (device_id, n)
    );
    create index productions_request on productions (request_id);
    -- one production of a request at a time, one card at a station's reader at a time is the queue's matter
    create unique index productions_open on productions (request_id) where state in ('running', 'stopped');

    create table production_steps (
      production_id uuid not null references productions,
      position int not null,
      step text not null,
      state text not null check (state in ('waiting', 'running', 'done', 'stopped')),
      detail jsonb not null default '{}',
      attempts int not null default 0,
      started_at timestamptz,
      ended_at timestamptz,
      primary key (production_id, position)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table requests drop constraint requests_device;
    drop table production_steps; drop table productions; drop table device_holds; drop table devices; drop table stations;
    drop table amendments; drop table approvals; drop table requests; drop sequence request_number;
  `);
}
