import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';

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
