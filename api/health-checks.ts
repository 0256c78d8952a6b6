import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';

import { migrationsCurrent } from '../db/migrate.ts';
import type { HealthCheck } from '../connectors/monitor/health.ts';

interface Checked {
  db: Knex;
  auditDb: Knex;
  temporal: Pick<Client, 'connection' | 'options'>;
  hsm: () => Promise<unknown>;
}

/** What the API cannot work without. */
export const healthChecks = ({ db, auditDb, temporal, hsm }: Checked): HealthCheck[] => [
  { name: 'database', check: () => assertServes(db) },
  { name: 'audit database', check: () => auditDb.raw('select 1') },
  { name: 'temporal', check: () => temporal.connection.workflowService.describeNamespace({ namespace: temporal.options.namespace }) },
  { name: 'hsm', check: hsm },
];

/** It has the schema of this release and takes writes. */
async function assertServes(db: Knex): Promise<void> {
  if (!(await migrationsCurrent(db))) throw new Error('the schema is not the one of this release');
  const { rows } = await db.raw<{ rows: { state: string }[] }>(`select current_setting('transaction_read_only') as state`);
  if (rows[0]?.state !== 'off') throw new Error('the database takes no writes: it is a standby, or was made read-only');
}
