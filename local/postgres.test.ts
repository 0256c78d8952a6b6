import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPostgres, startTemporaryPostgres, type Postgres } from './postgres.ts';
import { postmaster } from './postgres-data.ts';
import { identify, waitForEnd } from './process-identity.ts';

let home: string;
const started: Postgres[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'smartcms-pg-test-'));
  chmodSync(home, 0o711);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  rmSync(home, { recursive: true, force: true });
});

async function start(durable = false): Promise<Postgres> {
  const server = await startPostgres({ dataDir: join(home, 'data'), durable });
  started.push(server);
  return server;
}

async function query(server: Postgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql).finally(() => client.end());
  return rows;
}

test('a second start finds the data of the first, and no server is left after a stop', async () => {
  const first = await start();
  await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const pid = postmaster(first.dataDir)?.pid ?? 0;
  await first.stop();
  expect(identify(pid)).toBeUndefined();
  const second = await start();
  expect(await query(second, 'SELECT * FROM kept')).toEqual([{ answer: 42 }]);
});

test('nobody gets in without the password, which only this user can read', async () => {
  const server = await start();
  const stranger = new pg.Client({ host: server.host, port: server.port, user: 'postgres', password: 'guess' });
  await expect(stranger.connect()).rejects.toThrow('password authentication failed');
  expect(statSync(join(home, 'secrets', 'postgres-password')).mode & 0o777).toBe(0o600);
});

test('after a kill -9 of the server the next start recovers', async () => {
  const server = await start(true);
  await query(server, 'CREATE TABLE kept AS SELECT 1 AS one');
  const who = identify(postmaster(server.dataDir)?.pid ?? 0);
  if (!who) throw new Error('not running');
  process.kill(who.pid, 'SIGKILL');
  await waitForEnd(who, 5000);
  const again = await start();
  expect(await query(again, 'SELECT * FROM kept')).toEqual([{ one: 1 }]);
});

test('a server that was left running is ended, its data are taken over', async () => {
  const left = await start();
  await query(left, 'CREATE TABLE kept AS SELECT 2 AS two');
  const taken = await start();
  expect(await query(taken, 'SELECT * FROM kept')).toEqual([{ two: 2 }]);
});

test('a pid file that names another process is removed, and that process is left alone', async () => {
  await (await start()).stop();
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  writeFileSync(join(home, 'data', 'postmaster.pid'), `${bystander.pid}\n${home}/data\n1\n5432\n\n127.0.0.1\n\nready\n`);
  await start();
  expect(identify(bystander.pid ?? 0)).toBeDefined();
  bystander.kill('SIGKILL');
});

test('a start that broke off in the middle of making the cluster is begun anew', async () => {
  const server = await start();
  await server.stop();
  rmSync(join(home, 'data', 'PG_VERSION'));
  const again = await start();
  expect(await query(again, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
});

test('a temporary server leaves no directory', async () => {
  const server = await startTemporaryPostgres();
  await server.stop();
  expect(statSync(server.dataDir, { throwIfNoEntry: false })).toBeUndefined();
});

test('data that PostgreSQL, not being run as root, cannot reach live below /var/tmp', async () => {
  chmodSync(home, 0o700);
  const server = await start();
  const isRoot = process.getuid?.() === 0;
  expect(dirname(server.dataDir)).toMatch(isRoot ? /^\/var\/tmp\/smartcms-data-/ : home);
  await server.stop();
  rmSync(dirname(server.dataDir), { recursive: true });
});
