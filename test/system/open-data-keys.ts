// Prints the data keys in clear as JSON, hexadecimal. A process of its own: SoftHSM reads its configuration from the environment that a
// process was started with.
import { readFileSync } from 'node:fs';

import { v7 } from 'uuid';

import { openDataKeys } from '../../connectors/hsm/data-keys.ts';
import { openHsm } from '../../connectors/hsm/pkcs11-hsm.ts';
import { openDatabase } from '../../db/database.ts';
import { dataKeyStore } from '../../db/stores/data-keys.ts';

const { DATABASE_URL = '', PKCS11_MODULE = '', HSM_TOKEN = '', HSM_PIN_FILE = '' } = process.env;
const db = openDatabase(DATABASE_URL, { poolMax: 1 });
const hsm = openHsm({ module: PKCS11_MODULE, tokenLabel: HSM_TOKEN, pin: readFileSync(HSM_PIN_FILE, 'utf8').trim(), sessions: 1 });
const store = dataKeyStore(db);
const keys: string[] = [];
for (const { id, purpose } of await store.list())
  keys.push((await (await openDataKeys(hsm, store, { purpose, newId: v7() })).key(id)).toString('hex'));
console.log(JSON.stringify(keys));
await hsm.close();
await db.destroy();
