import { readFileSync } from 'node:fs';

import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import { v7 } from 'uuid';

import { openDataKeys } from '../../connectors/hsm/data-keys.ts';
import { openHsm } from '../../connectors/hsm/pkcs11-hsm.ts';
import { openDatabase } from '../../db/database.ts';
import { dataKeyStore } from '../../db/stores/data-keys.ts';
import type { Services } from '../../local/services.ts';
import { dataConverter } from '../../workflows/codec/data-converter.ts';

/** What an auditor with all keys may look into: both databases, and Temporal with its payloads opened. */
export interface Inside {
  operations: Knex;
  audit: Knex;
  client: Client;
  close(): Promise<void>;
}

/** SoftHSM reads its configuration once: one stack a process. */
export async function lookInside({ env }: Pick<Services, 'env'>): Promise<Inside> {
  if (env.SOFTHSM2_CONF !== undefined) process.env.SOFTHSM2_CONF = env.SOFTHSM2_CONF;
  const operations = openDatabase(env.DATABASE_URL ?? '', { poolMax: 2 });
  const audit = openDatabase(env.AUDIT_DATABASE_URL ?? '', { poolMax: 2 });
  const pin = readFileSync(env.HSM_PIN_FILE ?? '', 'utf8').trim();
  const hsm = openHsm({ module: env.PKCS11_MODULE ?? '', tokenLabel: env.HSM_TOKEN ?? '', pin, sessions: 1 });
  const keys = await openDataKeys(hsm, dataKeyStore(operations), { purpose: 'payload', newId: v7() });
  const connection = Connection.lazy({ address: env.TEMPORAL_ADDRESS ?? '' });
  return {
    ...{ operations, audit },
    client: new Client({ connection, namespace: env.TEMPORAL_NAMESPACE ?? '', dataConverter: dataConverter(keys) }),
    async close() {
      await connection.close();
      await Promise.all([operations.destroy(), audit.destroy(), hsm.close()]);
    },
  };
}
