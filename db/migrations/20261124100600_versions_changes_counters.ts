import type { Knex } from 'knex';

const versioned = ['units', 'operators', 'holders', 'requests', 'devices'];
const versionedOnly = ['roles', 'assignments', 'certificate_profiles', 'device_profiles', 'stations', 'certificates'];
const announced = ['requests', 'devices', 'productions', 'production_steps', 'certificate_actions'];

/** What rows do by themselves: count their version, announce their change to whoever looks on, keep the figures. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(functions);
  for (const table of versioned) await knex.raw(touchTrigger(table, 'touch_row'));
  for (const table of versionedOnly) await knex.raw(touchTrigger(table, 'count_version'));
  for (const table of announced) {
    await knex.raw(`create trigger announce after insert or update on ${table} for each row execute function announce_change()`);
  }
  await knex.raw(counterTriggers);
}

const touchTrigger = (table: string, name: string) =>
  `create trigger touch before update on ${table} for each row when (old.* is distinct from new.*) execute function ${name}()`;

const functions = `
  create function touch_row() returns trigger language plpgsql as $$
  begin
    new.version := old.version + 1;
    new.updated_at := now();
    return new;
  end $$;

  create function count_version() returns trigger language plpgsql as $$
  begin
    new.version := old.version + 1;
    return new;
  end $$;

  -- channel smartcms_changes: {type, id}; never more than ids
  create function announce_change() returns trigger language plpgsql as $$
  declare
    kind text := 'request'; id uuid;
  begin
    if tg_table_name = 'requests' then id := new.id;
    elsif tg_table_name = 'productions' then id := new.request_id;
    elsif tg_table_name = 'production_steps' then select p.request_id into id from productions p where p.id = new.production_id;
    elsif tg_table_name = 'devices' then kind := 'device'; id := new.id;
    else kind := 'device'; select c.device_id into id from certificates c where c.id = new.certificate_id;
    end if;
    perform pg_notify('smartcms_changes', '{"type":"' || kind || '","id":"' || id || '"}');
    return null;
  end $$;

  -- figures by state and unit: one row less where it was, one more where it is
  create function count_state() returns trigger language plpgsql as $$
  begin
    if tg_op <> 'INSERT' then
      insert into counter_deltas (unit_id, name, delta) values (old.unit_id, tg_table_name || ':' || old.state, -1);
    end if;
    if tg_op <> 'DELETE' then
      insert into counter_deltas (unit_id, name, delta) values (new.unit_id, tg_table_name || ':' || new.state, 1);
    end if;
    return null;
  end $$;

  create function count_issued() returns trigger language plpgsql as $$
  begin
    if tg_op <> 'INSERT' and old.produced_at is not null then
      insert into counter_deltas (unit_id, name, day, delta)
      values (old.unit_id, 'issued:' || old.model, (old.produced_at at time zone 'UTC')::date, -1);
    end if;
    if tg_op <> 'DELETE' and new.produced_at is not null then
      insert into counter_deltas (unit_id, name, day, delta)
      values (new.unit_id, 'issued:' || new.model, (new.produced_at at time zone 'UTC')::date, 1);
    end if;
    return null;
  end $$;
`;

const counterTriggers = `
  create trigger count_new after insert or delete on requests for each row execute function count_state();
  create trigger count_moved after update on requests for each row
    when (old.state <> new.state or old.unit_id <> new.unit_id) execute function count_state();
  create trigger count_new after insert or delete on devices for each row execute function count_state();
  create trigger count_moved after update on devices for each row
    when (old.state <> new.state or old.unit_id <> new.unit_id) execute function count_state();
  create trigger issued_new after insert or delete on requests for each row execute function count_issued();
  create trigger issued_moved after update on requests for each row
    when (old.produced_at is distinct from new.produced_at or old.unit_id <> new.unit_id or old.model <> new.model)
    execute function count_issued();
`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function touch_row() cascade; drop function count_version() cascade; drop function announce_change() cascade;
    drop function count_state() cascade; drop function count_issued() cascade;
  `);
}
