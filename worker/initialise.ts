import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { openDatabase } from '../db/database.ts';
import { InitialiseEnvironment, readConfig } from './config.ts';
import { initialiseKeys } from './initial-keys.ts';

// Run once before the other processes start; harmless at any time.
const config = readConfig(InitialiseEnvironment, process.env);
const knex = openDatabase(config.DATABASE_URL, { poolMax: 2 });
const hsm = await openHsm({ module: config.PKCS11_MODULE, tokenLabel: config.HSM_TOKEN, pin: config.HSM_PIN_FILE, sessions: 1 });
try {
  await initialiseKeys(hsm, knex);
} finally {
  await hsm.close();
  await knex.destroy();
}
