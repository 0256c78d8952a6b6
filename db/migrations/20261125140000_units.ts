import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** Tables with paths of units: the column of the path, and the one that says to which unit the row itself belongs. */
const moving = {
  units: { path: 'path', place: 'parent_id' },
  requests: { path: 'unit_path', place: 'unit_id' },
  devices: { path: 'unit_path', place: 'unit_id' },
};

/** What a unit is known by, when it is open, and which requests it handed over to a unit above. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table units
      add address jsonb,
      add category text,
      -- [{name, value}]
      add identifiers jsonb not null default '[]',
      add attributes jsonb not null default '[]',
      -- open from the one and until the other; null: always
      add opens_at timestamptz,
      add closes_at timestamptz,
      add constraint units_root_open check (parent_id is not null or (active and opens_at is null and closes_at is null));

    create function unit_search(name text, code text, category text, address jsonb, identifiers jsonb, attributes jsonb)
    returns text language sql immutable parallel safe as $$
      select lower(name || ' ' || code || ' ' || coalesce(category, '') || ' ' || coalesce(jsonb_path_query_array(address, '$.*')::text, '')
                   || ' ' || jsonb_path_query_array(identifiers, '$[*].value')::text || ' ' || jsonb_path_query_array(attributes, '$[*].value')::text)
    $$;
    create index units_search on units using gin (unit_search(name, code, category, address, identifiers, attributes) gin_trgm_ops);
    create index units_labels on units using gin ((identifiers || attributes) jsonb_path_ops);
    create index units_name on units (name, id);
    create index units_parent on units (parent_id, name, id);
    create index units_category on units (category, name, id);

    create table request_transfers (
      id bigint generated always as identity primary key,
      request_id uuid not null references requests,
      from_unit_id uuid not null references units,
      to_unit_id uuid not null references units,
      by_kind text not null,
      by_id text not null,
      at timestamptz not null default now()
    );
    create index request_transfers_request on request_transfers (request_id);
    create trigger no_truncate before truncate on request_transfers execute function refuse_truncate();
    create index requests_before_production on requests (unit_id) where state in ('draft', 'submitted', 'pending_approval', 'approved');
  `);
  await knex.raw(auditTriggers({ table: 'request_transfers' }));
  // A row that only comes along when a unit above it moves is the same row: who edits it has not been overtaken.
  for (const [table, { path, place }] of Object.entries(moving))
    await knex.raw(
      touch(table, `old.* is distinct from new.* and (old.${path} = new.${path} or old.${place} is distinct from new.${place})`),
    );
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(moving)) await knex.raw(touch(table, 'old.* is distinct from new.*'));
  await knex.raw(`
    drop index requests_before_production; drop table request_transfers; drop function audit_request_transfers();
    drop index units_category; drop index units_parent; drop index units_name;
    drop index units_labels; drop index units_search; drop function unit_search(text, text, text, jsonb, jsonb, jsonb);
    alter table units drop constraint units_root_open, drop address, drop category, drop identifiers, drop attributes, drop opens_at, drop closes_at;
  `);
}

const touch = (table: string, when: string) => `
  drop trigger touch on ${table};
  create trigger touch before update on ${table} for each row when (${when}) execute function touch_row()`;
