import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

import type { Health } from './health.ts';

/**
 * The figures of one process, with those of Node itself (CPU, memory, event loop lag, open files). Labels are words of closed lists or names
 * that an administrator gave, never ids: their number stays small.
 */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Whether each service behind the process answers: 1 or 0. */
export function countHealth(registry: Registry, health: Health): void {
  new Gauge({
    name: 'smartcms_service_up',
    help: 'Whether a service that the process needs answers as it should.',
    labelNames: ['service'],
    registers: [registry],
    async collect() {
      for (const { name, state } of await health.report()) this.set({ service: name }, state === 'down' ? 0 : 1);
    },
  });
}

/** What a pool of connections tells about itself (knex's tarn). */
interface Pool {
  max: number;
  numUsed(): number;
  numPendingAcquires(): number;
}

/** Connections to the databases: in use, waited for, allowed. */
export function countPools(registry: Registry, pools: Record<string, { client: unknown }>): void {
  new Gauge({
    name: 'smartcms_database_connections',
    help: 'Connections of the process to a database: used now, waited for by work, allowed at most.',
    labelNames: ['database', 'state'],
    registers: [registry],
    collect() {
      for (const [database, { client }] of Object.entries(pools)) {
        const { pool } = client as { pool: Pool };
        this.set({ database, state: 'used' }, pool.numUsed());
        this.set({ database, state: 'waited_for' }, pool.numPendingAcquires());
        this.set({ database, state: 'allowed' }, pool.max);
      }
    },
  });
}

/** Log lines that a destination could not take. */
export function countDroppedLogs(registry: Registry, dropped: () => Partial<Record<string, number>>): void {
  new Gauge({
    name: 'smartcms_log_lines_dropped',
    help: 'Log lines lost since the start of the process because a destination took none and the queue was full.',
    labelNames: ['destination'],
    registers: [registry],
    collect() {
      for (const [destination, count] of Object.entries(dropped())) this.set({ destination }, count ?? 0);
    },
  });
}
