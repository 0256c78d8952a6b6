import type { Knex } from 'knex';

/** Comparisons of what rows, workflows and the CA's ledger say, and what each found. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- what has a workflow: a comparison reads these rows only
    create index requests_open on requests (id) where workflow_state in ('pending_start', 'started');

    create table reconciliations (
      id uuid primary key,
      asked_by_kind text not null,
      asked_by text not null,
      -- every workflow is asked what it knows, and the ledger is compared; else only whether the workflows are there
      complete boolean not null,
      repair boolean not null,
      checked bigint not null default 0,
      started_at timestamptz not null default now(),
      ended_at timestamptz
    );
    create table reconciliation_findings (
      reconciliation_id uuid not null references reconciliations,
      what text not null,
      object_id text not null,
      label text not null default '',
      -- what the row says, and what the workflow or the ledger says
      row_state text,
      other_state text not null,
      -- the first look: Verdict and WorkflowLook of domain/reconciliation.ts
      verdict text,
      look jsonb,
      -- null while it was seen once only
      done text,
      primary key (reconciliation_id, what, object_id)
    );

    update roles set permissions = permissions || '{system.reconcile}'::text[]
    where code = 'SA' and shipped and not permissions @> '{system.reconcile}';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update roles set permissions = array_remove(permissions, 'system.reconcile') where code = 'SA' and shipped;
    drop table reconciliation_findings; drop table reconciliations; drop index requests_open;
  `);
}
