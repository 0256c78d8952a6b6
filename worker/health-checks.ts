import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';

import type { Hsm } from '../connectors/hsm/hsm.ts';
import type { HealthCheck } from '../connectors/monitor/health.ts';

/** What a worker and the validation authority need, as far as they use it. */
interface Needed {
  database: Knex;
  audit?: Knex;
  temporal?: Pick<Client, 'connection' | 'options'>;
  hsm: Pick<Hsm, 'status'>;
}

export const healthChecks = ({ database, audit, temporal, hsm }: Needed): HealthCheck[] => [
  { name: 'database', check: () => database.raw('select 1') },
  ...(audit ? [{ name: 'audit database', check: () => audit.raw('select 1') }] : []),
  ...(temporal ? [{ name: 'temporal', check: () => namespaceOf(temporal) }] : []),
  { name: 'hsm', check: () => hsm.status() },
];

const namespaceOf = ({ connection, options: { namespace } }: Pick<Client, 'connection' | 'options'>) =>
  connection.workflowService.describeNamespace({ namespace });
