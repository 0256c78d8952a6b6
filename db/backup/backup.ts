import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { to } from 'pg-copy-streams';

import { migrationsOf, orderOf, sequencesOf, tablesOf } from './contents.ts';
import { makeBackupDir, tableFile, writeManifest } from './manifest.ts';
import type { BackupPart, BackupTable, DatabaseName, Manifest } from './manifest.ts';
import { columnList, openSession, quoted } from './session.ts';

/** Told before each table: `n` of `of`. */
export type Told = (step: { database: DatabaseName; table: string; n: number; of: number }) => void;

interface Order {
  urls: Record<DatabaseName, string>;
  dir: string;
  release: string;
  told: Told;
}

/**
 * Copies both databases, as they were at one moment, into a directory that is new or empty. Everybody goes on working meanwhile; only a
 * migration waits. Throws a failure when the directory is not empty.
 */
export async function backup({ urls, dir, release, told }: Order): Promise<Manifest> {
  await makeBackupDir(dir);
  const operations = await openSession(urls.operations);
  const audit = await openSession(urls.audit).catch((error: unknown) => operations.end().then(() => Promise.reject(error as Error)));
  try {
    const takenAt = await freeze(urls.operations, [operations, audit]);
    const databases = {
      operations: await copyOut({ client: operations, database: 'operations', dir, told }),
      audit: await copyOut({ client: audit, database: 'audit', dir, told }),
    };
    const manifest: Manifest = { format: 1, release, takenAt, databases };
    await writeManifest(dir, manifest);
    return manifest;
  } finally {
    await Promise.all([operations.end(), audit.end()]);
  }
}

/**
 * Begins the snapshots while no audit event is on its way from one database to the other: the trail then ends where the operations database
 * remembers it, and the rest is in the outbox. The relay pauses for these milliseconds.
 */
async function freeze(url: string, clients: readonly pg.Client[]): Promise<string> {
  const relay = await openSession(url);
  try {
    await relay.query(`begin; select pg_advisory_xact_lock(hashtextextended('smartcms.relay', 0))`);
    for (const client of clients) {
      await client.query(`select pg_advisory_lock_shared(hashtextextended('smartcms.migrate', 0))`); // else tables change under the copy
      await client.query('begin transaction isolation level repeatable read, read only; select 1');
    }
    const { rows } = await relay.query<{ now: Date }>('select clock_timestamp() as now');
    return (rows[0]?.now ?? new Date()).toISOString();
  } finally {
    await relay.end();
  }
}

interface Copy {
  client: pg.Client;
  database: DatabaseName;
  dir: string;
  told: Told;
}

async function copyOut({ client, database, dir, told }: Copy): Promise<BackupPart> {
  const found = await tablesOf(client);
  const tables: BackupTable[] = [];
  for (const [i, { name, columns }] of found.entries()) {
    told({ database, table: name, n: i + 1, of: found.length });
    tables.push({ name, columns, ...(await copyTable(client, { name, columns, file: tableFile(dir, database, name) })) });
  }
  return { migrations: await migrationsOf(client), sequences: await sequencesOf(client), tables };
}

async function copyTable(client: pg.Client, { name, columns, file }: { name: string; columns: string[]; file: string }) {
  const rows = client.query(to(`copy (select ${columnList(columns)} from ${quoted(name)}${orderOf(name)}) to stdout`));
  const hash = createHash('sha256');
  const hashed = new PassThrough().on('data', (chunk: Buffer) => void hash.update(chunk));
  await pipeline(rows, createGzip({ level: 1 }), hashed, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }));
  return { rows: rows.rowCount, sha256: hash.digest('hex') };
}
