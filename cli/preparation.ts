import { readEnvironment } from '../connectors/environment/environment.ts';
import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { migrateAudit } from '../db/audit/migrate.ts';
import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import type { Environment } from '../domain/configuration/read.ts';
import { temporalTarget } from '../domain/configuration/temporal.ts';
import { seed } from '../local/seed.ts';
import { ensureNamespace } from '../local/temporal-namespace.ts';
import { initialiseKeys } from '../worker/initial-keys.ts';

const TEMPORAL_MS = 60_000;

/** Both databases at the newest schema, the shipped roles, Temporal's namespace, and the keys of CA, audit trail and secrets. What is there stays. */
export async function prepare(env: Environment): Promise<void> {
  const config = readEnvironment('prepare', env);
  const operations = openDatabase(config.DATABASE_URL, { poolMax: 2 });
  const audit = openDatabase(config.AUDIT_DATABASE_URL, { poolMax: 2 });
  try {
    await Promise.all([migrate(operations), migrateAudit(audit)]);
    await seed({ knex: operations, profile: 'production' });
    await ensureNamespace(temporalTarget(config), config.TEMPORAL_NAMESPACE, { ms: TEMPORAL_MS });
    const hsm = openHsm({ module: config.PKCS11_MODULE, tokenLabel: config.HSM_TOKEN, pin: config.HSM_PIN, sessions: 1 });
    await initialiseKeys(hsm, operations).finally(() => hsm.close());
  } finally {
    await Promise.all([operations.destroy(), audit.destroy()]);
  }
}
