import type { Knex } from 'knex';

/** Tables of business data: the columns that name a row, and the columns that the audit trail shows as a digest only. */
const audited: Record<string, { key?: string; digest?: string[] }> = {
  units: {},
  operators: {},
  roles: { key: 'code' },
  assignments: {},
  holders: {},
  accounts: { digest: ['password_hash'] },
  certificate_profiles: { key: 'code' },
  device_profiles: {},
  requests: {},
  approvals: {},
  amendments: {},
  stations: {},
  devices: {},
  device_holds: {},
  productions: {},
  production_steps: { key: 'production_id,position' },
  certificates: { digest: ['csr', 'der', 'spki_sha256'] },
  certificate_actions: {},
  cas: { key: 'code', digest: ['certificate'] },
  ca_ledger: { key: 'ca,serial', digest: ['certificate', 'order_hash'] },
  data_keys: { digest: ['wrapped'] },
  secret_codes: { digest: ['ciphertext'] },
  sealed_documents: { digest: ['ciphertext'] },
  mail_outbox: {},
};

/** Every change of a row of business data goes to the outbox in the same transaction; one relay moves it to the audit database. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(functions);
  for (const [table, { key = 'id', digest = [] }] of Object.entries(audited)) {
    const args = [key, ...digest].map((a) => `'${a}'`).join(', ');
    await knex.raw(`
      create trigger audit after insert or update or delete on ${table} for each row execute function audit_row(${args});
      create trigger no_truncate before truncate on ${table} execute function refuse_truncate();
    `);
  }
  // a session's last_seen_at is no business fact: only its beginning and its end are recorded
  await knex.raw(`create trigger audit after insert or delete on sessions for each row execute function audit_row('id', 'id_hash')`);
}

const tables = `
  create table audit_outbox (
    -- made here and unique for ever: what makes the relay exactly-once, also after a restore of this database to an older state
    source uuid not null default gen_random_uuid(),
    id bigint generated always as identity,
    -- rows of a transaction that may still commit are not relayed: order is (xid, id)
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default clock_timestamp(),
    actor_kind text not null,
    actor_id text not null,
    object_type text not null,
    object_id text not null,
    operation text not null check (operation in ('insert', 'update', 'delete', 'event')),
    before jsonb,
    after jsonb,
    detail jsonb,
    primary key (xid, id)
  );
  -- what the audit database was told last: a cut tail or an older backup does not have it
  create table audit_head (
    one boolean primary key default true check (one),
    seq bigint not null default 0,
    hash bytea not null default '',
    seals bigint not null default 0
  );
  insert into audit_head default values;
`;

const functions = `
  create function audit_digest(value text) returns text language sql immutable parallel safe as $$
    select 'sha256:' || encode(sha256(case when value ~ '^\\\\x([0-9a-f]{2})*$' then decode(substr(value, 3), 'hex')
                                           else convert_to(value, 'UTF8') end), 'hex')
  $$;

  create function audit_row() returns trigger language plpgsql as $$
  declare
    b jsonb; a jsonb; col text; object text;
    actor text := current_setting('smartcms.actor', true);
    who jsonb := case when actor <> '' then actor::jsonb else jsonb_build_object('kind', 'database', 'id', session_user) end;
  begin
    if tg_op <> 'INSERT' then b := to_jsonb(old) - 'search'; end if;
    if tg_op <> 'DELETE' then a := to_jsonb(new) - 'search'; end if;
    if a = b then return null; end if;
    if position(',' in tg_argv[0]) = 0 then object := coalesce(a, b) ->> tg_argv[0];
    else select string_agg(coalesce(a, b) ->> k, '/') into object from unnest(string_to_array(tg_argv[0], ',')) k;
    end if;
    for i in 1 .. tg_nargs - 1 loop
      col := tg_argv[i];
      if a -> col = b -> col then
        a := a - col; b := b - col;
      else
        if a ->> col is not null then a := a || jsonb_build_object(col, audit_digest(a ->> col)); end if;
        if b ->> col is not null then b := b || jsonb_build_object(col, audit_digest(b ->> col)); end if;
      end if;
    end loop;
    insert into audit_outbox (actor_kind, actor_id, object_type, object_id, operation, before, after)
    values (who ->> 'kind', who ->> 'id', tg_table_name, object, lower(tg_op), b, a);
    return null;
  end $$;

  create function refuse_truncate() returns trigger language plpgsql as $$
  begin
    raise exception 'truncate would escape the audit trail: delete rows instead';
  end $$;
`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function audit_row() cascade; drop function refuse_truncate() cascade; drop function audit_digest(text);
    drop table audit_head; drop table audit_outbox;
  `);
}
