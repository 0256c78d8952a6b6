import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** Audit triggers fire once a statement instead of once a row. `audit_row` stays for a release that goes back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- the same digest as of its text, without the detour
    create function audit_digest(value bytea) returns text language sql immutable parallel safe as $$
      select 'sha256:' || encode(sha256(value), 'hex')
    $$;

    create function refuse_key_change() returns trigger language plpgsql as $$
    begin
      raise exception 'the key of a row of % never changes: the audit trail names rows by it', tg_table_name;
    end $$;
  `);
  for (const { table, key, digest, updates } of await auditedBy(knex, 'audit'))
    await knex.raw(`drop trigger audit on ${table}; ${auditTriggers({ table, key: key.split(','), digest, updates })}`);
}

export async function down(knex: Knex): Promise<void> {
  for (const { table, key, digest, updates } of await auditedBy(knex, 'audit_insert')) {
    const args = [key, ...digest].map((a) => `'${a}'`).join(', ');
    await knex.raw(`
      drop function audit_${table}() cascade;
      drop trigger if exists key_stays on ${table};
      create trigger audit after insert ${updates ? 'or update ' : ''}or delete on ${table} for each row execute function audit_row(${args});
    `);
  }
  await knex.raw('drop function refuse_key_change(); drop function audit_digest(bytea)');
}

interface Audited {
  table: string;
  key: string;
  digest: string[];
  updates: boolean;
}

/** The triggers of this name carry what they are made of as arguments: key, then secret columns. */
async function auditedBy(knex: Knex, trigger: string): Promise<Audited[]> {
  const { rows } = await knex.raw<{ rows: { table: string; args: string; updates: boolean }[] }>(
    `select tgrelid::regclass::text as table, encode(tgargs, 'escape') as args,
       tgtype & 16 > 0 or exists (select from pg_trigger u where u.tgrelid = t.tgrelid and u.tgname = 'audit_update') as updates
     from pg_trigger t where tgname = ? order by 1`,
    [trigger],
  );
  return rows.map(({ table, args, updates }) => {
    const [key = 'id', ...digest] = args.split('\\000').filter((arg) => arg !== '');
    return { table, key, digest, updates };
  });
}
