import type { AddressInfo } from 'node:net';

import { readEnvironment } from '../connectors/environment/environment.ts';
import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { followLevels } from '../connectors/log/follow-levels.ts';
import { openLogs } from '../connectors/log/logs.ts';
import { healthOf } from '../connectors/monitor/health.ts';
import { startMonitoring } from '../connectors/monitor/monitor.ts';
import { countDroppedLogs, countPools, processRegistry } from '../connectors/monitor/registry.ts';
import { openDatabase } from '../db/database.ts';
import { setLogLevels } from '../db/reads/logging.ts';
import { caLedger } from '../db/stores/ca-ledger.ts';
import { caStore } from '../db/stores/cas.ts';
import { loggingStore } from '../db/stores/logging.ts';
import { caSigner } from './embedded-cas.ts';
import { healthChecks } from './health-checks.ts';
import { measuredHsm } from './measured-hsm.ts';
import { publishedCa, type PublishedCa } from './published-ca.ts';
import { validationAuthority } from './validation-authority.ts';
import { validationMetrics } from './validation-metrics.ts';

const config = readEnvironment('validation', process.env);
const knex = openDatabase(config.DATABASE_URL, { poolMax: 5 });
const logs = await openLogs({ process: 'validation', config, saveEntries: loggingStore(knex).addEntries });
const stopFollowing = followLevels(logs, () => setLogLevels(knex));
const registry = processRegistry();
countPools(registry, { operations: knex });
countDroppedLogs(registry, () => logs.dropped());
const hsm = measuredHsm(
  openHsm({
    module: config.PKCS11_MODULE,
    tokenLabel: config.HSM_TOKEN,
    pin: config.HSM_PIN,
    pinFile: process.env['HSM_PIN_FILE'],
    sessions: 2,
  }),
  registry,
);

const cas = new Map<string, PublishedCa>();
for (const { code, keyLabel, certificate } of await caStore(knex).list()) {
  const signer = caSigner(hsm, { keyLabel, certificate });
  cas.set(code, publishedCa({ code, certificate, signer, ledger: caLedger(knex), clock: () => new Date() }));
}

const health = healthOf(healthChecks({ database: knex, hsm }));
const stopMonitoring = await startMonitoring({ registry, health, config, log: logs.module('monitor') });
const server = validationAuthority(cas, logs.module('validation'), validationMetrics(registry));
server.listen(config.VALIDATION_PORT, config.LISTEN_HOST, () =>
  logs.module('process').info({ port: (server.address() as AddressInfo).port }, 'the validation authority listens'),
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => void close());
    server.closeIdleConnections();
  });
}

async function close(): Promise<void> {
  stopFollowing();
  await stopMonitoring();
  await logs.close();
  await Promise.allSettled([knex.destroy(), hsm.close()]);
}
