import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { v7 } from 'uuid';

import { createActivities } from '../activities/index.ts';
import { openDataKeys } from '../connectors/hsm/envelope.ts';
import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { openMailer } from '../connectors/mail/smtp.ts';
import { openDatabase } from '../db/database.ts';
import { foldCounters } from '../db/reads/counters.ts';
import { dataKeyStore } from '../db/stores/data-keys.ts';
import { dataConverter as converterOf } from '../workflows/codec/data-converter.ts';
import { activityParts } from './activity-parts.ts';
import { relayAndSeal } from './audit-loop.ts';
import { readConfig, WorkerEnvironment } from './config.ts';
import { crewOf } from './crew.ts';
import { embeddedCas } from './embedded-cas.ts';
import { auditKeyLabel } from './initial-keys.ts';
import { sendDueMails } from './mail-sender.ts';
import { repeating } from './repeating.ts';
import { ensureSchedules } from './schedules.ts';
import { virtualStations } from './stations.ts';
import { caWorker, mainWorker, stationWorker } from './temporal-workers.ts';
import { temporalLogger } from './temporal-logger.ts';

const config = readConfig(WorkerEnvironment, process.env);
const log = pino({ level: config.LOG_LEVEL, base: { process: 'worker' } });
const portalUrl = `${config.PUBLIC_URL}/my`;

// Signals are ours: the workers stop first, then what they use.
Runtime.install({ logger: temporalLogger(log), shutdownSignals: [] });

const operations = openDatabase(config.DATABASE_URL, { poolMax: 20 });
const audit = openDatabase(config.AUDIT_DATABASE_URL, { poolMax: 2 });
const hsm = await openHsm({ module: config.PKCS11_MODULE, tokenLabel: config.HSM_TOKEN, pin: config.HSM_PIN_FILE, sessions: 4 });
const codeKeys = await openDataKeys(hsm, dataKeyStore(operations), 'codes', v7());
const payloadKeys = await openDataKeys(hsm, dataKeyStore(operations), 'payload', v7());
const auditSigner = await hsm.signer(auditKeyLabel);
if (!auditSigner) throw new Error('The HSM holds no key for the audit trail. Run worker/initialise.ts first.');
const cas = await embeddedCas({ knex: operations, hsm, validationUrl: config.VALIDATION_URL });
const mailer = openMailer({ url: config.SMTP_URL, from: config.MAIL_FROM });

const cards = { dir: config.CARD_DIR, module: config.PKCS11_MODULE };
const parts = activityParts({ knex: operations, hsm, codeKeys, cas, cards, portalUrl });
const activities = createActivities(parts);

const where = { address: config.TEMPORAL_ADDRESS };
const connection = await NativeConnection.connect(where);
const clientConnection = await Connection.connect(where);
const { TEMPORAL_NAMESPACE: namespace } = config;
const dataConverter = converterOf(payloadKeys);
const client = new Client({ connection: clientConnection, namespace, dataConverter });

const workers = { connection, namespace, dataConverter, activities, log };
const crew = crewOf(log);
await crew.add('main', () => mainWorker(workers));
for (const ca of cas.keys()) await crew.add(`ca-${ca}`, () => caWorker(workers, ca));

const addStations = async () => {
  for (const id of await virtualStations(operations)) await crew.add(`station-${id}`, () => stationWorker(workers, id));
  return { more: false };
};
await addStations();
await ensureSchedules(client, cas.keys());

const foldOnce = async () => {
  await foldCounters(operations);
  return { more: false };
};
const loops = [
  repeating('audit', relayAndSeal({ operations, audit, signer: auditSigner }), { log, pauseMs: 500 }),
  repeating('mail', () => sendDueMails({ knex: operations, mailer, secrets: parts.secrets, portalUrl }), { log, pauseMs: 500 }),
  repeating('counters', foldOnce, { log, pauseMs: 5_000 }),
  repeating('stations', addStations, { log, pauseMs: 10_000 }),
];
log.info('the worker is ready');

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void crew.stop());
try {
  await crew.ended;
} finally {
  log.info('stopping');
  await crew.stop();
  for (const loop of loops) await loop.stop();
  await mailer.close();
  await clientConnection.close();
  await connection.close();
  await operations.destroy();
  await audit.destroy();
  await hsm.close();
}
