import type { Knex } from 'knex';

import { isCurrent, migrateOnly, migrationsIn, whileAlone } from '../migrations.ts';

const migrationSource = migrationsIn(new URL('./migrations/', import.meta.url));

/** Brings the audit database to the newest schema. Several processes may call it at once. Needs a pool of at least two. */
export const migrateAudit = (knex: Knex): Promise<void> => whileAlone(knex, () => knex.migrate.latest({ migrationSource }));

/** Brings an empty audit database to the schema of these migrations. Throws a failure when this release does not know one. */
export const migrateAuditTo = (knex: Knex, names: readonly string[]): Promise<void> => migrateOnly(knex, migrationSource, names);

/** Undoes every migration of the audit database. */
export const rollbackAudit = (knex: Knex): Promise<void> => whileAlone(knex, () => knex.migrate.rollback({ migrationSource }, true));

/** True when the audit database has the newest schema: the process may take work. */
export const auditMigrationsCurrent = (knex: Knex): Promise<boolean> => isCurrent(knex, migrationSource);
