import type { Knex } from 'knex';

/**
 * The audit trail: a hash chain that only grows. hash(n) = SHA-256(hash(n-1) || canonical text of row n); the text is that of jsonb, whose
 * keys are sorted, so it is the same on every server. Triggers refuse every change, also to the owner of the tables; that a superuser
 * takes them off is what the chain, the seals and the head kept in the operations database are for.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(functions);
  await knex.raw(roles);
}

const tables = `
  create extension if not exists ltree;
  create extension if not exists pg_trgm;

  create table audit_events (
    seq bigint primary key,
    -- the outbox row it came from: relayed twice, it is here once
    source uuid not null unique,
    at timestamptz not null,
    actor_kind text not null,
    actor_id text not null,
    object_type text not null,
    object_id text not null,
    operation text not null,
    before jsonb,
    after jsonb,
    detail jsonb,
    hash bytea not null,
    -- the unit of the row, where it has one: who sees the event
    unit_path text generated always as (coalesce(after ->> 'unit_path', before ->> 'unit_path')) stored
  );
  create index audit_events_object on audit_events (object_type, object_id, seq desc);
  create index audit_events_actor on audit_events (actor_id, seq desc);
  create index audit_events_at on audit_events (at);

  create table audit_seals (
    n bigint primary key,
    -- the event it reaches to, and that event's hash
    seq bigint not null unique,
    hash bytea not null,
    sealed_at timestamptz not null,
    key_label text not null,
    key_spki bytea not null,
    -- over sealText of db/audit/seal.ts, which includes the signature before
    signature bytea not null
  );
`;

const functions = `
  -- a JSON array, put together as text: three times as fast as jsonb_build_array, and a verification reads millions
  create function audit_text(e audit_events) returns text language sql stable as $$
    select '[' || e.seq || ',"' || e.source || '",' || (extract(epoch from e.at) * 1000000)::bigint || ',' || to_json(e.actor_kind) || ','
      || to_json(e.actor_id) || ',' || to_json(e.object_type) || ',' || to_json(e.object_id) || ',' || to_json(e.operation) || ','
      || coalesce(e.before::text, 'null') || ',' || coalesce(e.after::text, 'null') || ',' || coalesce(e.detail::text, 'null') || ']'
  $$;

  -- Appends outbox rows in the order given; those that are here already are left out. Returns the head.
  create function audit_append(events jsonb) returns table (seq bigint, hash bytea) language plpgsql security definer
  set search_path = public, pg_temp as $$
  declare
    head_seq bigint; head_hash bytea; item record; e audit_events;
  begin
    perform pg_advisory_xact_lock(hashtextextended('smartcms.audit', 0));
    select x.seq, x.hash into head_seq, head_hash from audit_events x order by x.seq desc limit 1;
    head_seq := coalesce(head_seq, 0);
    head_hash := coalesce(head_hash, '');
    for item in
      select i.value as v from jsonb_array_elements(events) with ordinality i
      where not exists (select from audit_events x where x.source = (i.value ->> 'source')::uuid) order by i.ordinality
    loop
      e := jsonb_populate_record(null::audit_events, item.v);
      e.before := nullif(e.before, 'null'); e.after := nullif(e.after, 'null'); e.detail := nullif(e.detail, 'null');
      head_seq := head_seq + 1;
      e.seq := head_seq;
      head_hash := sha256(head_hash || convert_to(audit_text(e), 'UTF8'));
      insert into audit_events (seq, source, at, actor_kind, actor_id, object_type, object_id, operation, before, after, detail, hash)
      values (e.seq, e.source, e.at, e.actor_kind, e.actor_id, e.object_type, e.object_id, e.operation, e.before, e.after, e.detail, head_hash);
    end loop;
    return query select head_seq, head_hash;
  end $$;

  create function audit_add_seal(seal jsonb) returns void language sql security definer set search_path = public, pg_temp as $$
    insert into audit_seals (n, seq, hash, sealed_at, key_label, key_spki, signature)
    select (seal ->> 'n')::bigint, (seal ->> 'seq')::bigint, decode(seal ->> 'hash', 'hex'), (seal ->> 'sealedAt')::timestamptz,
           seal ->> 'keyLabel', decode(seal ->> 'keySpki', 'hex'), decode(seal ->> 'signature', 'hex')
  $$;

  create function audit_refuse() returns trigger language plpgsql as $$
  begin
    raise exception 'the audit trail only grows: % is refused', lower(tg_op);
  end $$;
  create trigger append_only before update or delete on audit_events for each row execute function audit_refuse();
  create trigger no_truncate before truncate on audit_events execute function audit_refuse();
  create trigger append_only before update or delete on audit_seals for each row execute function audit_refuse();
  create trigger no_truncate before truncate on audit_seals execute function audit_refuse();
  revoke all on function audit_append(jsonb), audit_add_seal(jsonb) from public;
`;

/**
 * `smartcms_audit` may read and append, nothing else: grant it to the user in AUDIT_DATABASE_URL and keep the owner's password elsewhere.
 * Roles belong to the whole server: without the right to make one, the owner's own rights remain, and the triggers still hold.
 */
const roles = `
  do $$ begin
    if not exists (select from pg_roles where rolname = 'smartcms_audit') then create role smartcms_audit nologin; end if;
  exception when insufficient_privilege or duplicate_object or unique_violation then null;
  end $$;
  do $$ begin
    if exists (select from pg_roles where rolname = 'smartcms_audit') then
      grant usage on schema public to smartcms_audit;
      grant select on audit_events, audit_seals to smartcms_audit;
      grant execute on function audit_append(jsonb), audit_add_seal(jsonb) to smartcms_audit;
    end if;
  end $$;
`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table audit_seals; drop table audit_events cascade;
    drop function audit_append(jsonb); drop function audit_add_seal(jsonb); drop function audit_refuse();
  `);
}
