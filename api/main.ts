import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { pino } from 'pino';
import { v7 as uuid } from 'uuid';

import { openDataKeys } from '../connectors/hsm/envelope.ts';
import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { openDatabase } from '../db/database.ts';
import { dataKeyStore } from '../db/stores/data-keys.ts';
import { createApp } from './app.ts';
import { memoryAttempts } from './auth/attempts.ts';
import { sessionAuthenticator } from './auth/session.ts';
import { listenToChanges } from './changes.ts';
import { readConfig } from './config.ts';
import { healthOf } from './health.ts';
import { healthChecks } from './health-checks.ts';
import { operations } from './routes/index.ts';
import { stopOnSignal } from './stop.ts';
import { connectTemporal } from './temporal.ts';

const config = readConfig(process.env);
const log = pino({ level: config.LOG_LEVEL, base: { process: 'api' } });

const db = openDatabase(config.DATABASE_URL);
const auditDb = openDatabase(config.AUDIT_DATABASE_URL);
const hsm = await openHsm({ module: config.PKCS11_MODULE, tokenLabel: config.HSM_TOKEN, pin: config.HSM_PIN_FILE, sessions: 2 });
const codeKeys = await openDataKeys(hsm, dataKeyStore(db), 'codes', uuid());
const payloadKeys = await openDataKeys(hsm, dataKeyStore(db), 'payload', uuid());
const { client: temporal, close: closeTemporal } = connectTemporal(
  { address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE },
  payloadKeys,
);
const changes = await listenToChanges(config.DATABASE_URL, log);

const app = createApp({
  operations,
  authenticators: [sessionAuthenticator(db, config.PUBLIC_URL)],
  services: {
    ...{ db, auditDb, temporal, hsm, codeKeys, changes, log },
    health: healthOf(healthChecks({ db, auditDb, temporal, hsm })),
    attempts: memoryAttempts(),
    settings: { profile: config.SMARTCMS_PROFILE, publicUrl: config.PUBLIC_URL, validationUrl: config.VALIDATION_URL },
  },
  consoleFolder: fileURLToPath(new URL('../build/ui', import.meta.url)),
});

const answer = app.callback();
const server = createServer((request, response) => void answer(request, response));
server.listen(config.API_PORT, config.LISTEN_HOST, () => log.info({ port: (server.address() as AddressInfo).port }, 'the API listens'));
stopOnSignal(log, {
  server,
  endStreams: () => changes.close(),
  closers: [closeTemporal, () => db.destroy(), () => auditDb.destroy(), () => hsm.close()],
});
