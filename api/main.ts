import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { v7 as uuid } from 'uuid';

import { readEnvironment } from '../connectors/environment/environment.ts';
import { lazyDataKeys, openDataKeys } from '../connectors/hsm/data-keys.ts';
import { keepFresh } from '../connectors/hsm/fresh-keys.ts';
import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { followLevels } from '../connectors/log/follow-levels.ts';
import { openLogs } from '../connectors/log/logs.ts';
import { healthOf } from '../connectors/monitor/health.ts';
import { startMonitoring } from '../connectors/monitor/monitor.ts';
import { countDroppedLogs, countPools, processRegistry } from '../connectors/monitor/registry.ts';
import { openDatabase } from '../db/database.ts';
import { openPresence } from '../db/presence.ts';
import { setLogLevels } from '../db/reads/logging.ts';
import { dataKeyStore } from '../db/stores/data-keys.ts';
import { loggingStore } from '../db/stores/logging.ts';
import { temporalTarget } from '../domain/configuration/temporal.ts';
import { createApp } from './app.ts';
import { apiKeyAuthenticator } from './auth/api-key.ts';
import { memoryAttempts } from './auth/attempts.ts';
import { passwordMatches } from './auth/password.ts';
import { sessionAuthenticator } from './auth/session.ts';
import { listenToChanges } from './changes.ts';
import { refuseDemoAccounts } from './demo-accounts.ts';
import { healthChecks } from './health-checks.ts';
import { checkHsm } from './hsm-check.ts';
import { operations } from './routes/index.ts';
import { stopOnSignal } from './stop.ts';
import { connectTemporal } from './temporal.ts';
import { cardServer, redirectServer, webServer } from './web-server.ts';

const config = readEnvironment('api', process.env);
const { SMARTCMS_PROFILE: profile, PUBLIC_URL: publicUrl } = config;
const db = openDatabase(config.DATABASE_URL);
const logs = await openLogs({ process: 'api', config, saveEntries: loggingStore(db).addEntries });
const stopFollowing = followLevels(logs, () => setLogLevels(db));
const log = logs.module('process');
if (profile === 'production') await refuseDemoAccounts(db);
else log.warn({ profile }, 'not for production: plain connections, weak passwords and demonstration accounts are allowed');
const auditDb = openDatabase(config.AUDIT_DATABASE_URL);
const hsm = openHsm({
  module: config.PKCS11_MODULE,
  tokenLabel: config.HSM_TOKEN,
  pin: config.HSM_PIN,
  pinFile: process.env['HSM_PIN_FILE'],
  sessions: 2,
});
const codeKeys = lazyDataKeys(hsm, dataKeyStore(db), 'codes');
const payloadKeys = lazyDataKeys(hsm, dataKeyStore(db), 'payload');
const stopKeys = keepFresh([codeKeys, payloadKeys], (error) =>
  log.warn({ error: (error as Error).message }, 'the data keys could not be read again'),
);
const { client: temporal, close: closeTemporal } = connectTemporal(
  { ...temporalTarget(config), namespace: config.TEMPORAL_NAMESPACE },
  payloadKeys,
);
const presence = openPresence(config.DATABASE_URL);
const changes = await listenToChanges(config.DATABASE_URL, logs.module('changes'));
const hsmCheck = () => checkHsm({ db, hsm, work: () => openDataKeys(hsm, dataKeyStore(db), { purpose: 'payload', newId: uuid() }) });
const health = healthOf(healthChecks({ db, auditDb, temporal, hsm: hsmCheck }));

const registry = processRegistry();
countPools(registry, { operations: db, audit: auditDb });
countDroppedLogs(registry, () => logs.dropped());
const stopMonitoring = await startMonitoring({ registry, health, config, log: logs.module('monitor') });

const attempts = memoryAttempts();
const app = createApp({
  operations,
  authenticators: [apiKeyAuthenticator({ db, attempts }), sessionAuthenticator(db, publicUrl)],
  services: {
    ...{ db, auditDb, temporal, hsm, codeKeys, changes, presence, health },
    log: logs.module('api'),
    attempts,
    passwordMatches,
    proxySecret: config.PROXY_SECRET,
    settings: {
      secondFactor: config.SECOND_FACTOR ?? (profile === 'production' ? 'required' : 'optional'),
      ...{ profile, publicUrl, validationUrl: config.VALIDATION_URL, trustedProxies: config.TRUSTED_PROXIES ?? [] },
      cardSignInUrl: config.CARD_SIGN_IN_URL,
    },
  },
  registry,
  consoleFolder: fileURLToPath(new URL('../build/ui', import.meta.url)),
});

const answer = app.callback();
const listener = (request: IncomingMessage, response: ServerResponse) => void answer(request, response);
const server = webServer({ cert: config.TLS_CERT, key: config.TLS_KEY }, listener);
server.listen(config.API_PORT, config.LISTEN_HOST, () => log.info({ port: (server.address() as AddressInfo).port }, 'the API listens'));
const redirect = config.HTTP_REDIRECT_PORT === undefined ? undefined : redirectServer(publicUrl);
redirect?.listen(config.HTTP_REDIRECT_PORT, config.LISTEN_HOST);
const { TLS_CERT: cert, TLS_KEY: key, CARD_SIGN_IN_PORT: cardPort } = config;
const cards = cardPort !== undefined && cert && key ? cardServer({ tls: { cert, key }, publicUrl, answer: listener }) : undefined;
cards?.listen(cardPort, config.LISTEN_HOST);
stopOnSignal(log, {
  server,
  endStreams: () => changes.close(),
  closers: [
    () => redirect?.close(),
    () => cards?.close(),
    stopMonitoring,
    stopKeys,
    closeTemporal,
    stopFollowing,
    () => presence.close(),
    () => logs.close(),
    () => db.destroy(),
    () => auditDb.destroy(),
    () => hsm.close(),
  ],
});
