import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Knex } from 'knex';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { until } from '../../test/system/until.ts';
import { relayOnce } from '../audit/relay.ts';
import { openDatabase } from '../database.ts';
import { migrateTo, migrationsCurrent } from '../migrate.ts';
import { recordEvents } from '../transaction.ts';
import { backup } from './backup.ts';
import { readManifest, tableFile, type Manifest } from './manifest.ts';
import { restore } from './restore.ts';

const by = { kind: 'operator' as const, id: uuid() };
const dir = mkdtempSync(join(tmpdir(), 'smartcms-backup-'));
const saved = join(dir, 'one');
const made: string[] = [];
let db: TestDatabase;
let manifest: Manifest;

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** The address of a database in which there is nothing. */
async function emptyDatabase(): Promise<string> {
  const name = `restored_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template template0`);
  made.push(name);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

async function within<T>(url: string, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = openDatabase(url, { poolMax: 3 });
  return work(knex).finally(() => knex.destroy());
}

const events = (...ids: string[]) =>
  recordEvents(db.operations, by, ...ids.map((objectId) => ({ kind: 'denied', objectType: 'x', objectId, detail: { text: 'a\tb\\\nè' } })));

const save = (to: string) => backup({ urls: { operations: db.operationsUrl, audit: db.auditUrl }, dir: to, release: '1', told: () => {} });

function putBack(database: 'operations' | 'audit', url: string, changed: Partial<Manifest['databases']['operations']> = {}, from = saved) {
  const part = { ...manifest.databases[database], ...changed };
  return restore({ database, url, dir: from, part, takenAt: manifest.takenAt, told: () => {} });
}

beforeAll(async () => {
  db = await createTestDatabase();
  const unit = { id: uuid(), kind: 'organization', code: 'X', name: 'È\t\\N', path: 'x' };
  await db.operations('units').insert(unit);
  await db.operations('units').insert({ ...unit, id: uuid(), parentId: unit.id, code: 'Y', path: 'x.y' });
  await db.operations('cas').insert({ code: 'main', name: 'CA', kind: 'embedded', keyLabel: 'ca', certificate: Buffer.from([0, 255]) });
  await db
    .operations('crls')
    .insert({ ca: 'main', number: 41, thisUpdate: new Date(), nextUpdate: new Date(), change: 3, der: Buffer.from('x') });
  await db.operations.raw(`select setval('request_number', 123)`);
  await events('first', 'second');
  while ((await relayOnce(db.operations, db.audit, { limit: 1 })).relayed > 0);
  for (const id of ['third', 'fourth', 'fifth']) await events(id);
  manifest = await save(saved);
});
afterAll(async () => {
  await db.drop();
  for (const name of made) await administer(`drop database ${name} with (force)`);
  rmSync(dir, { recursive: true, force: true });
});

test('what was saved comes back, and the audit trail goes on where it was', async () => {
  const [operations, audit] = [await emptyDatabase(), await emptyDatabase()];
  await putBack('operations', operations);
  await putBack('audit', audit);
  await within(operations, (restored) =>
    within(audit, async (trail) => {
      for (const table of ['units', 'crls']) expect(await restored(table).orderBy(1)).toEqual(await db.operations(table).orderBy(1));
      expect(await trail('audit_events').orderBy('seq')).toEqual(await db.audit('audit_events').orderBy('seq'));
      while ((await relayOnce(restored, trail, { limit: 100 })).relayed > 0);
      const told = await trail('audit_events').where({ objectType: 'x' }).orderBy('seq').pluck<string[]>('object_id');
      expect(told).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
      expect(await trail('audit_events').where({ objectType: 'databases' })).toMatchObject([{ detail: { kind: 'restored' } }]);
      expect(await trail('audit_events').where({ objectType: 'units' })).toHaveLength(2); // by the first database, not by the restore
    }),
  );
});

test('no event crosses from one database to the other between the two snapshots', async () => {
  const to = join(dir, 'crossing');
  const migrating = await db.audit.transaction();
  await migrating.raw(`select pg_advisory_xact_lock(hashtextextended('smartcms.migrate', 0))`); // holds the second snapshot up
  const saving = save(to);
  const isHere = 'database = (select oid from pg_database where datname = current_database())';
  const waits = () => db.audit('pg_locks').where({ locktype: 'advisory', granted: false }).whereRaw(isHere).first<object>();
  await until('the second snapshot to wait', waits);
  await events('crossing');
  const { relayed } = await relayOnce(db.operations, db.audit, { limit: 100 });
  await migrating.commit();
  const { databases } = await saving;
  expect(relayed).toBe(0);
  const rows = (name: string) => databases.audit.tables.find((table) => table.name === name)?.rows;
  expect(rows('audit_events')).toBe(manifest.databases.audit.tables.find(({ name }) => name === 'audit_events')?.rows);
});

test('numbers that may have been given since are not given again', async () => {
  const url = await emptyDatabase();
  await putBack('operations', url);
  await within(url, async (knex) => {
    const { rows } = await knex.raw<{ rows: object[] }>(`select nextval('request_number')::int as request, crl_floor::int as crl from cas`);
    expect(rows).toEqual([{ request: 10_124, crl: 1_000_041 }]);
  });
});

test('only its owner may look into a backup', () => {
  const modes = [saved, join(saved, 'audit'), join(saved, 'manifest.json'), tableFile(saved, 'operations', 'units')].map(
    (file) => statSync(file).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
});

test('a directory that has something in it is no place for a backup, and one without a manifest is none', async () => {
  await expect(save(saved)).rejects.toThrow(/There is something in/);
  await expect(readManifest(join(saved, 'audit'))).rejects.toThrow(/no whole backup/);
});

test('a file that was changed is refused and leaves nothing, so that the next try can succeed', async () => {
  const url = await emptyDatabase();
  const file = tableFile(saved, 'operations', 'units');
  const whole = readFileSync(file);
  writeFileSync(file, readFileSync(tableFile(saved, 'operations', 'roles'))); // a whole file, of no rows
  await expect(putBack('operations', url)).rejects.toThrow(/not the one that was written/);
  writeFileSync(file, whole.subarray(0, -9));
  await expect(putBack('operations', url)).rejects.toThrow(/cannot be restored/);
  writeFileSync(file, whole);
  await putBack('operations', url);
  await expect(putBack('operations', url)).rejects.toThrow(/not empty/);
});

test('a backup of an earlier release is brought to this one; that of a later one is refused', async () => {
  const [old, url] = [await emptyDatabase(), await emptyDatabase()];
  const known = manifest.databases.operations.migrations;
  await within(old, (knex) => migrateTo(knex, known.slice(0, -1)));
  const earlier = join(dir, 'earlier');
  await backup({ urls: { operations: old, audit: db.auditUrl }, dir: earlier, release: '0', told: () => {} });
  const part = (await readManifest(earlier)).databases.operations;
  await expect(putBack('operations', url, { migrations: [...known, '29990101000000_later.ts'] })).rejects.toThrow(/does not know/);
  await putBack('operations', url, part, earlier);
  expect(await within(url, migrationsCurrent)).toBe(true);
  await expect(putBack('operations', url, part, earlier)).rejects.toThrow(/later release/);
});
