import type { Knex } from 'knex';
import type { TestProject } from 'vitest/node';

import { migrateAudit } from '../db/audit/migrate.ts';
import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { startTemporaryPostgres } from '../local/postgres.ts';
import type { Postgres } from '../local/postgres.ts';

/** One PostgreSQL for the whole run, with migrated template databases that every test copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTemporaryPostgres();
  try {
    await makeTemplates(postgres);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  project.provide('postgresUrl', postgres.url('postgres'));
  return () => postgres.stop();
}

async function makeTemplates(postgres: Postgres): Promise<void> {
  await withDatabase(postgres.url('postgres'), async (admin) => {
    await admin.raw('create database smartcms_operations');
    await admin.raw('create database smartcms_audit');
  });
  await Promise.all([
    withDatabase(postgres.url('smartcms_operations'), migrate),
    withDatabase(postgres.url('smartcms_audit'), migrateAudit),
  ]);
}

async function withDatabase(url: string, work: (knex: Knex) => Promise<void>): Promise<void> {
  const knex = openDatabase(url);
  try {
    await work(knex);
  } finally {
    await knex.destroy();
  }
}
