import type { AddressInfo } from 'node:net';

import { pino } from 'pino';

import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { openDatabase } from '../db/database.ts';
import { caLedger } from '../db/stores/ca-ledger.ts';
import { caStore } from '../db/stores/cas.ts';
import { readConfig, ValidationEnvironment } from './config.ts';
import { publishedCa, type PublishedCa } from './published-ca.ts';
import { validationAuthority } from './validation-authority.ts';

const config = readConfig(ValidationEnvironment, process.env);
const log = pino({ level: config.LOG_LEVEL, base: { process: 'validation' } });
const knex = openDatabase(config.DATABASE_URL, { poolMax: 5 });
const hsm = await openHsm({ module: config.PKCS11_MODULE, tokenLabel: config.HSM_TOKEN, pin: config.HSM_PIN_FILE, sessions: 2 });

const cas = new Map<string, PublishedCa>();
for (const { code, keyLabel, certificate } of await caStore(knex).list()) {
  const signer = await hsm.signer(keyLabel);
  if (!signer) throw new Error(`The HSM does not hold the key ${keyLabel} of the CA ${code}. Connect the token that it was made in.`);
  cas.set(code, publishedCa({ code, certificate, signer, ledger: caLedger(knex), clock: () => new Date() }));
}

const server = validationAuthority(cas, log);
server.listen(config.VALIDATION_PORT, config.LISTEN_HOST, () =>
  log.info({ port: (server.address() as AddressInfo).port }, 'the validation authority listens'),
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => void Promise.allSettled([knex.destroy(), hsm.close()]));
    server.closeIdleConnections();
  });
}
