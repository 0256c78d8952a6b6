import type { Knex } from 'knex';

import { isCurrent, migrateOnly, migrationsIn, whileAlone } from './migrations.ts';

const migrationSource = migrationsIn(new URL('./migrations/', import.meta.url));

/** Brings the operations database to the newest schema. Several processes may call it at once. Needs a pool of at least two. */
export const migrate = (knex: Knex): Promise<void> => whileAlone(knex, () => knex.migrate.latest({ migrationSource }));

/** Brings an empty operations database to the schema of these migrations. Throws a failure when this release does not know one. */
export const migrateTo = (knex: Knex, names: readonly string[]): Promise<void> => migrateOnly(knex, migrationSource, names);

/** Undoes every migration. */
export const rollback = (knex: Knex): Promise<void> => whileAlone(knex, () => knex.migrate.rollback({ migrationSource }, true));

/** True when the operations database has the newest schema: the process may take work. */
export const migrationsCurrent = (knex: Knex): Promise<boolean> => isCurrent(knex, migrationSource);
