/** A table whose changes are audited. */
export interface AuditedTable {
  table: string;
  /** Columns that name a row, the primary key; they never change. */
  key?: readonly string[];
  /** Columns of which the audit trail shows a digest only. */
  digest?: readonly string[];
  /** False where changes are no business fact: only that a row comes and goes is recorded. */
  updates?: boolean;
}

/**
 * SQL that audits a table: every migration that makes a table of business data runs it. One trigger a statement with code made for the table costs
 * a third to a half of one a row, and a tenth where a statement changes many. Events are those of `audit_row`, the trigger of the first release.
 *
 * Migrations that have run are never run again: a change in here is a new migration that makes the triggers anew.
 */
export function auditTriggers(audited: AuditedTable): string {
  const { table, key = ['id'], digest = [], updates = true } = audited;
  const run = `for each statement execute function audit_${table}(${[key.join(','), ...digest].map((a) => `'${a}'`).join(', ')})`;
  const changes = `
    create trigger audit_update after update on ${table} referencing old table as old_rows new table as new_rows ${run};
    create trigger key_stays before update on ${table} for each row
      when (${key.map((column) => `old.${column} is distinct from new.${column}`).join(' or ')}) execute function refuse_key_change();`;
  return `
    ${functionOf({ table, key, digest, updates })}
    create trigger audit_insert after insert on ${table} referencing new table as new_rows ${run};
    create trigger audit_delete after delete on ${table} referencing old table as old_rows ${run};
    ${updates ? changes : ''}`;
}

/**
 * Rows of an update are paired by their key, by hashing: a plan made for one row is used again for a hundred thousand. And it is used again: left to
 * itself PostgreSQL may plan each time, at three times the cost of the rest.
 */
const planning = 'set enable_nestloop = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan';

const functionOf = ({ table, key, digest, updates }: Required<AuditedTable>): string => `
  create function audit_${table}() returns trigger language plpgsql ${planning} as $$
  <<audit>> declare
    actor text := current_setting('smartcms.actor', true);
    who jsonb := case when actor <> '' then actor::jsonb else jsonb_build_object('kind', 'database', 'id', session_user) end;
  begin
    if tg_op = 'INSERT' then
      insert into audit_outbox (actor_kind, actor_id, object_type, object_id, operation, after)
      select audit.who ->> 'kind', audit.who ->> 'id', '${table}', concat_ws('/', ${of('new_rows', key)}), 'insert', ${imageOf('new_rows', digest)} from new_rows;
    elsif tg_op = 'DELETE' then
      insert into audit_outbox (actor_kind, actor_id, object_type, object_id, operation, before)
      select audit.who ->> 'kind', audit.who ->> 'id', '${table}', concat_ws('/', ${of('old_rows', key)}), 'delete', ${imageOf('old_rows', digest)} from old_rows;
    ${updates ? updated({ table, key, digest }) : ''}
    end if;
    return null;
  end $$;`;

const updated = ({ table, key, digest }: Required<Omit<AuditedTable, 'updates'>>): string => `
    else
      insert into audit_outbox (actor_kind, actor_id, object_type, object_id, operation, before, after)
      select audit.who ->> 'kind', audit.who ->> 'id', '${table}', r.object, 'update', ${changedImage('b', digest)}, ${changedImage('a', digest)}
      from (select concat_ws('/', ${of('new_rows', key)}) as object, to_jsonb(old_rows) - 'search' as b, to_jsonb(new_rows) - 'search' as a
              ${digest.map((column) => `, old_rows.${column} as b_${column}, new_rows.${column} as a_${column}`).join('')}
            from old_rows join new_rows on ${key.map((column) => `old_rows.${column} = new_rows.${column}`).join(' and ')} offset 0) r
      where r.a <> r.b;`;

const of = (row: string, columns: readonly string[]): string => columns.map((column) => `${row}.${column}`).join(', ');

/** A row without its search text, secret columns as digests. */
function imageOf(row: string, digest: readonly string[]): string {
  const digests = digest.map((column) => `'${column}', audit_digest(${row}.${column})`).join(', ');
  return digest.length === 0
    ? `to_jsonb(${row}) - 'search'`
    : `(to_jsonb(${row}) - '{search,${digest.join()}}'::text[]) || jsonb_build_object(${digests})`;
}

/** Secret columns that did not change are left out. */
function changedImage(image: 'a' | 'b', digest: readonly string[]): string {
  if (digest.length === 0) return `r.${image}`;
  const digests = digest.map(
    (column) =>
      `case when r.b_${column} is distinct from r.a_${column}
         then jsonb_build_object('${column}', audit_digest(r.${image}_${column})) else '{}' end`,
  );
  return `(r.${image} - '{${digest.join()}}'::text[]) || ${digests.join(' || ')}`;
}
