import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';

import { createActivities } from '../activities/index.ts';
import { readEnvironment } from '../connectors/environment/environment.ts';
import { lazyDataKeys } from '../connectors/hsm/data-keys.ts';
import { keepFresh } from '../connectors/hsm/fresh-keys.ts';
import { keyMissing } from '../connectors/hsm/known-signer.ts';
import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { followLevels } from '../connectors/log/follow-levels.ts';
import { openLogs } from '../connectors/log/logs.ts';
import { openMailer } from '../connectors/mail/smtp.ts';
import { healthOf } from '../connectors/monitor/health.ts';
import { startMonitoring } from '../connectors/monitor/monitor.ts';
import { countDroppedLogs, countPools, processRegistry } from '../connectors/monitor/registry.ts';
import { openDatabase } from '../db/database.ts';
import { openPresence } from '../db/presence.ts';
import { foldCounters } from '../db/reads/counters.ts';
import { setLogLevels } from '../db/reads/logging.ts';
import { dataKeyStore } from '../db/stores/data-keys.ts';
import { loggingStore } from '../db/stores/logging.ts';
import { temporalTarget } from '../domain/configuration/temporal.ts';
import { dataConverter as converterOf } from '../workflows/codec/data-converter.ts';
import { activityMetrics } from './activity-metrics.ts';
import { activityParts } from './activity-parts.ts';
import { relayAndSeal } from './audit-loop.ts';
import { crewOf } from './crew.ts';
import { embeddedCas } from './embedded-cas.ts';
import { healthChecks } from './health-checks.ts';
import { whenHsmAnswers } from './hsm-patience.ts';
import { auditKeyLabel } from './initial-keys.ts';
import { sendDueMails } from './mail-sender.ts';
import { measuredHsm } from './measured-hsm.ts';
import { repeating } from './repeating.ts';
import { ensureSchedules } from './schedules.ts';
import { sdkMetrics } from './sdk-metrics.ts';
import { serveStations, virtualStations } from './stations.ts';
import { caWorker, mainWorker, stationWorker } from './temporal-workers.ts';
import { temporalLogger } from './temporal-logger.ts';
import { temporalProcesses } from './temporal-processes.ts';
import { workMetrics } from './work-metrics.ts';

const config = readEnvironment('worker', process.env);
const portalUrl = `${config.PUBLIC_URL}/my`;

/** Signatures run on the four threads of libuv: a slow HSM must leave one to everything else (files, names of hosts, card readers). */
const hsmSessions = 3;
const operations = openDatabase(config.DATABASE_URL, { poolMax: 20 });
const audit = openDatabase(config.AUDIT_DATABASE_URL, { poolMax: 2 });
const presence = openPresence(config.DATABASE_URL);
const logging = loggingStore(operations);
const logs = await openLogs({ process: 'worker', config, saveEntries: logging.addEntries });
const stopFollowing = followLevels(logs, () => setLogLevels(operations));
const log = logs.module('process');

// Signals are ours: the workers stop first, then what they use.
Runtime.install({ logger: temporalLogger(logs.module('temporal')), shutdownSignals: [], ...sdkMetrics(config) });

const registry = processRegistry();
countPools(registry, { operations, audit });
countDroppedLogs(registry, () => logs.dropped());
workMetrics(registry, { operations, audit });

const hsm = measuredHsm(
  openHsm({
    module: config.PKCS11_MODULE,
    tokenLabel: config.HSM_TOKEN,
    pin: config.HSM_PIN,
    pinFile: process.env['HSM_PIN_FILE'],
    sessions: hsmSessions,
  }),
  registry,
);
const codeKeys = lazyDataKeys(hsm, dataKeyStore(operations), 'codes');
const payloadKeys = lazyDataKeys(hsm, dataKeyStore(operations), 'payload');

const where = temporalTarget(config);
const connection = await NativeConnection.connect(where);
const clientConnection = await Connection.connect(where);
const { TEMPORAL_NAMESPACE: namespace } = config;
const dataConverter = converterOf(payloadKeys);
const client = new Client({ connection: clientConnection, namespace, dataConverter });

const crew = crewOf(logs.module('queues'));
let isWorking = false;
const health = healthOf(healthChecks({ database: operations, audit, temporal: client, hsm }));
const stopMonitoring = await startMonitoring({
  ...{ registry, health, config, log: logs.module('monitor') },
  isWorking: () => isWorking && crew.isRunning(),
});

const auditSigner = await whenHsmAnswers(async () => {
  await Promise.all([codeKeys.refresh(), payloadKeys.refresh()]);
  const signer = await hsm.signer(auditKeyLabel);
  if (!signer) throw keyMissing(auditKeyLabel);
  return signer;
}, log);
const stopKeys = keepFresh([codeKeys, payloadKeys], (error) =>
  log.warn({ error: (error as Error).message }, 'the data keys could not be read again'),
);
const cas = await embeddedCas({ knex: operations, hsm, validationUrl: config.VALIDATION_URL });
const mailer = openMailer({
  ...{ url: config.SMTP_URL, from: config.MAIL_FROM, ca: config.SMTP_CA },
  requireTls: config.SMARTCMS_PROFILE === 'production',
});

const cards = { dir: config.CARD_DIR, module: config.PKCS11_MODULE };
const parts = activityParts({ knex: operations, processes: temporalProcesses(client), hsm, codeKeys, cas, cards, portalUrl });
const activities = createActivities(parts);

const workers = { connection, namespace, dataConverter, activities, log: logs.module('activities'), observe: activityMetrics(registry) };
await crew.add('main', () => mainWorker(workers));
for (const ca of cas.keys()) await crew.add(`ca-${ca}`, () => caWorker(workers, ca));

const shareStations = serveStations({
  presence,
  stations: () => virtualStations(operations),
  begin: (id) => crew.add(`station-${id}`, () => stationWorker(workers, id)),
  end: async (id) => {
    await crew.remove(`station-${id}`);
    await parts.hand.leave({ stationId: id });
  },
});
await shareStations();
await ensureSchedules(client, cas.keys());

const foldOnce = async () => {
  await foldCounters(operations);
  return { more: false };
};
const purgeLog = async () => {
  await logging.purgeEntries({ olderThanDays: config.LOG_DATABASE_DAYS });
  return { more: false };
};
const loops = [
  repeating('audit', relayAndSeal({ operations, audit, signer: auditSigner, log: logs.module('audit') }), {
    log: logs.module('audit'),
    pauseMs: 500,
  }),
  repeating('mail', () => sendDueMails({ knex: operations, mailer, secrets: parts.secrets, publicUrl: config.PUBLIC_URL }), {
    log: logs.module('mail'),
    pauseMs: 500,
  }),
  repeating('counters', foldOnce, { log: logs.module('counters'), pauseMs: 5_000 }),
  repeating('stations', shareStations, { log: logs.module('stations'), pauseMs: 1_000 }),
  repeating('log entries', purgeLog, { log: logs.module('logging'), pauseMs: 600_000 }),
];
isWorking = true;
log.info('the worker is ready');

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void crew.stop());
try {
  await crew.ended;
} finally {
  log.info('stopping');
  await crew.stop();
  for (const loop of loops) await loop.stop();
  stopKeys();
  await presence.close();
  await mailer.close();
  await clientConnection.close();
  await connection.close();
  await stopMonitoring();
  stopFollowing();
  await logs.close();
  await operations.destroy();
  await audit.destroy();
  await hsm.close();
}
