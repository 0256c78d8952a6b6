import type { Logger } from 'pino';
import type { Registry } from 'prom-client';

import { countHealth } from './registry.ts';
import type { Health } from './health.ts';
import { listenForMonitoring } from './listener.ts';

interface Monitoring {
  registry: Registry;
  health: Health;
  config: { METRICS_PORT?: number | undefined; METRICS_HOST: string };
  log: Logger;
  /** False while the process does not take work yet, or no more. */
  isWorking?: () => boolean;
}

/** Listens for whoever watches this process, if a port is configured. Returns what ends it. */
export async function startMonitoring({ registry, health, config, log, isWorking = () => true }: Monitoring): Promise<() => Promise<void>> {
  countHealth(registry, health);
  if (config.METRICS_PORT === undefined) return () => Promise.resolve();
  const where = { port: config.METRICS_PORT, host: config.METRICS_HOST };
  const { port, close } = await listenForMonitoring({ registry, health, isWorking }, where);
  log.info({ port }, 'metrics and health are there');
  return close;
}
