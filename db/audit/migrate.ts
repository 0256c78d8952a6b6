import type { Knex } from 'knex';

import { isCurrent, migrationsIn, whileAlone } from '../migrations.ts';

const migrationSource = migrationsIn(new URL('./migrations/', import.meta.url));

/** Brings the audit database to the newest schema. Several processes may call it at once. Needs a pool of at least two. */
export const migrateAudit = (knex: Knex): Promise<void> => whileAlone(knex, () => knex.migrate.latest({ migrationSource }));

/** Undoes every migration of the audit database. */
export const rollbackAudit = (knex: Knex): Promise<void> => whileAlone(knex, () => knex.migrate.rollback({ migrationSource }, true));

/** True when the audit database has the newest schema: the process may take work. */
export const auditMigrationsCurrent = (knex: Knex): Promise<boolean> => isCurrent(knex, migrationSource);
