import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';

import { failure } from '../domain/errors.ts';

type Migration = Knex.Migration;

/** The migrations of a folder, found by its URL, so that the working directory does not matter. */
export const migrationsIn = (folder: URL): Knex.MigrationSource<string> => ({
  getMigrations: async () => (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => (await import(new URL(name, folder).href)) as Migration,
});

/** Runs `work` while no other process migrates this database; a lock left by a killed one is cleared. */
export async function whileAlone(knex: Knex, work: () => Promise<unknown>): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw(`select set_config('statement_timeout', '0', true), pg_advisory_xact_lock(hashtextextended('smartcms.migrate', 0))`);
    if (await knex.schema.hasTable('knex_migrations_lock')) await knex('knex_migrations_lock').update({ isLocked: 0 });
    await work();
  });
}

/** True when every migration of the source has run here. */
export async function isCurrent(knex: Knex, source: Knex.MigrationSource<string>): Promise<boolean> {
  if (!(await knex.schema.hasTable('knex_migrations'))) return false;
  const done = new Set(await knex('knex_migrations').pluck<string[]>('name'));
  return (await source.getMigrations([])).every((name) => done.has(name));
}

/** Brings an empty database to the schema of these migrations of the source. Throws a failure when one is not known. */
export async function migrateOnly(knex: Knex, source: Knex.MigrationSource<string>, names: readonly string[]): Promise<void> {
  const all = await source.getMigrations([]);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown)
    throw failure('not_supported', `This release does not know the migration ${unknown}. Use the release of the backup, or a later one.`);
  const migrationSource = { ...source, getMigrations: () => Promise.resolve(all.filter((name) => names.includes(name))) };
  await whileAlone(knex, () => knex.migrate.latest({ migrationSource }));
}
