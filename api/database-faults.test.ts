import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { pino } from 'pino';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { migrateAudit } from '../db/audit/migrate.ts';
import { relayOnce } from '../db/audit/relay.ts';
import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { startPostgres, type Postgres } from '../local/postgres.ts';
import { run } from '../local/run.ts';
import { unprivilegedUser } from '../local/unprivileged-user.ts';
import { startApi, type ApiAnswer, type TestApi } from '../test/support/api.ts';
import { somebody } from '../test/system/people.ts';
import { until } from '../test/system/until.ts';
import { repeating } from '../worker/repeating.ts';
import { healthChecks } from './health-checks.ts';

// A PostgreSQL of its own, to be filled, stopped and limited.
let home: string;
let postgres: Postgres;
let api: TestApi;
let cookie: string;
let admin: pg.Client;

const start = (port?: number) => startPostgres({ dataDir: join(home, 'data'), durable: false, ...(port && { port }) });
const connect = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: postgres.url('smartcms') });
  client.on('error', () => undefined); // it is ended with the server
  await client.connect();
  return client;
};

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'smartcms-faults-'));
  chmodSync(home, 0o711);
  postgres = await start();
  const root = new pg.Client({ connectionString: postgres.url('postgres') });
  await root.connect();
  for (const name of ['smartcms', 'smartcms_audit']) await root.query(`create database ${name}`);
  await root.end();
  const [operationsUrl, auditUrl] = [postgres.url('smartcms'), postgres.url('smartcms_audit')];
  const [operations, audit] = [openDatabase(operationsUrl), openDatabase(auditUrl)];
  await Promise.all([migrate(operations), migrateAudit(audit)]);
  const drop = async () => void (await Promise.all([operations.destroy(), audit.destroy()]));
  api = await startApi({ database: { operations, audit, operationsUrl, auditUrl, drop } });
  cookie = await api.signIn('RO');
  admin = await connect();
});
afterAll(async () => {
  await admin.end();
  await api.close();
  await postgres.stop();
  for (const dir of [home, postgres.dataDir]) rmSync(dir, { recursive: true, force: true });
});

const read = () => api.call('GET', '/api/requests', { as: cookie });
const newCall = () => ({ key: uuid(), holder: somebody() });
const write = ({ key, holder } = newCall()): Promise<ApiAnswer> =>
  api.call('POST', '/api/requests', {
    as: cookie,
    headers: { 'Idempotency-Key': key },
    body: { holder, unitId: api.organisation.office, profileId: api.organisation.profileId },
  });
/** Requests, holders, and audited inserts of both: they belong together. */
const written = async () => {
  const { rows } = await admin.query<Record<string, number>>(`
    select (select count(*)::int from requests) as requests, (select count(*)::int from holders) as holders,
           (select count(*)::int from audit_outbox where object_type = 'requests' and operation = 'insert') as audited`);
  return rows[0];
};
const expectUnavailable = ({ status, headers, body }: ApiAnswer) => {
  expect({ status, retryAfter: headers.get('Retry-After'), body }).toMatchObject({
    status: 503,
    retryAfter: '5',
    body: { code: 'unavailable', detail: 'A service behind the API does not answer. Nothing is lost; try again in a moment.' },
  });
};
const ofTheApi = `from pg_stat_activity where application_name = 'smartcms'`;

test('when others have taken every connection, calls are answered 503 within seconds, and work again afterwards', async () => {
  const before = await written();
  await admin.query(`select pg_terminate_backend(pid) ${ofTheApi}`);
  const others: pg.Client[] = [];
  for (let full = false; !full;)
    await connect().then(
      (client) => others.push(client),
      () => (full = true),
    );
  for (const answer of [await read(), await write()]) expectUnavailable(answer);
  await Promise.all(others.map((client) => client.end()));
  await until('a connection', async () => (await read()).status === 200);
  expect(await written()).toEqual(before);
});

test('a statement that is cancelled is 503 and leaves nothing', async () => {
  const before = await written();
  await admin.query('begin; lock table requests in exclusive mode');
  const pending = write();
  const waits = `${ofTheApi} and wait_event_type = 'Lock'`;
  await until('the statement', async () => ((await admin.query(`select pg_cancel_backend(pid) ${waits}`)).rowCount ?? 0) > 0);
  expectUnavailable(await pending);
  await admin.query('rollback');
  expect(await written()).toEqual(before);
});

test('a server that takes no writes, as a standby before it is the primary, is 503 and not ready', async () => {
  const readOnly = async (value: string) => {
    await admin.query(`set default_transaction_read_only = off`);
    await admin.query(`alter system set default_transaction_read_only = ${value}`);
    await admin.query('select pg_reload_conf()');
  };
  const [database] = healthChecks({ db: api.database.operations, auditDb: api.database.audit } as Parameters<typeof healthChecks>[0]);
  await readOnly('on');
  await until('no writes', async () => (await write()).status !== 201);
  expectUnavailable(await write());
  await expect(database?.check()).rejects.toThrow('takes no writes');
  await readOnly('off');
  await until('writes', async () => (await write()).status === 201);
  await until(
    'readiness',
    () =>
      database?.check().then(
        () => true,
        () => false,
      ) ?? Promise.resolve(false),
  );
});

test('a full disk is 503, leaves nothing half written, and is forgotten once there is room', async () => {
  // A limit of file size stands for the full disk: it meets the same code, and needs neither root nor a file system of its own. Segments of
  // the log are 16 MB, so only a table above that meets it.
  await admin.query(`insert into audit_outbox (actor_kind, actor_id, object_type, object_id, operation, detail)
    select 'system', 'x', 'fill', i::text, 'event', jsonb_build_object('text', repeat('x', 1800)) from generate_series(1, 9500) i`);
  await admin.query(`select pg_terminate_backend(pid) ${ofTheApi}`);
  await until('new connections', async () => (await read()).status === 200);
  await limitFileSize('16777216');
  let refused: ApiAnswer | undefined;
  for (let i = 0; i < 200 && !refused; i++) {
    const before = await written();
    const answer = await write();
    if (answer.status === 201) continue;
    refused = answer;
    expect(await written()).toEqual(before);
  }
  expectUnavailable(refused as ApiAnswer);
  await limitFileSize('unlimited');
  expect((await write()).status).toBe(201);
});

async function limitFileSize(soft: string): Promise<void> {
  const { rows } = await admin.query<{ pid: number }>(`select pid ${ofTheApi}`);
  for (const { pid } of rows) {
    const { code, output } = await run('prlimit', ['--pid', String(pid), `--fsize=${soft}:unlimited`], { cwd: '/', ...unprivilegedUser });
    if (code !== 0) throw new Error(output);
  }
}

test('a restart under load costs nobody a call: each is done once when it is sent again, and the loops go on', async () => {
  const before = await written();
  const { operations, audit } = api.database;
  const round = async () => ({ more: (await relayOnce(operations, audit, { limit: 500 })).relayed === 500 });
  const loop = repeating('relay', round, { log: pino({ level: 'silent' }), pauseMs: 20 });
  const statuses = new Set<number>();
  const persistently = async (call: ReturnType<typeof newCall>): Promise<void> => {
    for (;;) {
      const { status } = await write(call);
      statuses.add(status);
      if (status === 201) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const calls = Promise.all(Array.from({ length: 8 }, async () => void (await series(persistently))));
  await until('the load', async () => (await written())?.['requests'] !== before?.['requests']);
  await postgres.stop();
  await until('somebody noticed', async () => statuses.has(503));
  postgres = await start(postgres.port);
  admin = await connect();
  await calls;
  expect([...statuses].filter((status) => ![201, 409, 503].includes(status))).toEqual([]);
  const [was, is] = [before ?? {}, (await written()) ?? {}];
  expect([is['requests'], is['holders']]).toEqual([(was['requests'] ?? 0) + 64, (was['holders'] ?? 0) + 64]);
  await until('everything is relayed', async () => (await admin.query('select 1 from audit_outbox limit 1')).rowCount === 0);
  await loop.stop();
}, 120_000);

async function series(send: (call: ReturnType<typeof newCall>) => Promise<void>): Promise<void> {
  for (let i = 0; i < 8; i++) await send(newCall());
}
