import type { Knex } from 'knex';

import { auditTriggers } from '../audit-triggers.ts';

/** Photos and scans of documents that are values of added fields. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table field_files (
      id uuid primary key,
      kind text not null check (kind in ('photo', 'document')),
      -- AES-256-GCM under a data key; JPEG or PDF
      ciphertext bytea not null,
      key_id uuid not null,
      uploaded_by uuid not null references operators,
      -- of the person or request that it belongs to; null until one is saved with it
      unit_id uuid references units,
      created_at timestamptz not null default now()
    );
    create index field_files_waiting on field_files (created_at) where unit_id is null;
    create trigger no_truncate before truncate on field_files execute function refuse_truncate();
  `);
  await knex.raw(auditTriggers({ table: 'field_files', digest: ['ciphertext'] }));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table field_files; drop function audit_field_files()');
}
