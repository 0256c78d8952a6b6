import { chownSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

import { ensureDatabases } from '../../local/databases.ts';
import { root } from '../../local/paths.ts';
import { freeLowPorts, freePort } from '../../local/ports.ts';
import { startPostgres, type Postgres } from '../../local/postgres.ts';
import type { Processes } from '../../local/processes.ts';
import { run } from '../../local/run.ts';
import { softhsmModule } from '../../local/system-packages.ts';
import { temporalBinaries } from '../../local/temporal-build.ts';
import { unprivilegedUser } from '../../local/unprivileged-user.ts';
import { composed, type ComposedService } from './compose.ts';
import { tlsCa, type TlsCa } from './tls.ts';

/** The services of docker-compose.yml as plain processes on this machine. */
export interface Production {
  ca: TlsCa;
  url: string;
  postgres: Postgres;
  /** Where the files are that compose would mount below /run/secrets. */
  secrets: string;
  service(name: string): ComposedService;
  /** Runs a command in the environment of a service to its end. */
  runIn(name: string, command: string[], changes?: Record<string, string>): Promise<{ code: number | null; output: string }>;
  start(name: string): void;
  /** Runs the service's own health check until it passes; throws when the process ends or a minute has gone. */
  healthy(name: string): Promise<void>;
}

const secretText = { 'temporal-password': 'tP-18-wlGha', 'hsm-pin': '40718822', 'hsm-so-pin': '90551366' };
const temporalPorts = ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'].flatMap((s) => [`${s}_GRPC_PORT`, `${s}_MEMBERSHIP_PORT`]);

/** Certificates, PostgreSQL with TLS, and everything else that the services want, in `dir`. */
export async function prepareProduction({
  dir,
  processes,
  smtpPort,
}: {
  dir: string;
  processes: Processes;
  smtpPort: number;
}): Promise<Production> {
  const secrets = join(dir, 'secrets');
  const ca = await tlsCa('smartCMS inside');
  await writeSecrets(secrets, ca, smtpPort);
  const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), secretsDir: join(dir, 'own'), processes, durable: false });
  const urls = await ensureDatabases(postgres, join(dir, 'own'));
  await makeTemporalDatabases(postgres);
  await turnTlsOn(postgres, ca);
  const verified = `?sslmode=verify-full&sslrootcert=${secrets}/ca.crt`;
  write(secrets, 'database-url', urls.smartcms + verified);
  write(secrets, 'audit-database-url', urls.smartcms_audit + verified);
  return serviceRunner({ dir, secrets, ca, postgres, processes });
}

function write(secrets: string, name: string, text: string): void {
  writeFileSync(join(secrets, name), text, { mode: 0o600 });
}

async function writeSecrets(secrets: string, ca: TlsCa, smtpPort: number): Promise<void> {
  mkdirSync(secrets, { recursive: true, mode: 0o700 });
  for (const name of ['ca.crt', 'smtp-ca.crt']) write(secrets, name, ca.pem);
  for (const name of ['temporal', 'client', 'api']) {
    const { cert, key } = await ca.issue(name, 'localhost', '127.0.0.1');
    write(secrets, `${name}.crt`, cert);
    write(secrets, `${name}.key`, key);
  }
  for (const [name, text] of Object.entries(secretText)) write(secrets, name, text);
  write(secrets, 'smtp-url', `smtp://127.0.0.1:${smtpPort}`);
}

/** As deploy/postgres/operations.sh does, which needs a psql. */
async function makeTemporalDatabases(postgres: Postgres): Promise<void> {
  await asSuperuser(postgres, 'postgres', [
    `create role temporal login password '${secretText['temporal-password']}'`,
    'create database temporal owner temporal',
    'create database temporal_visibility owner temporal',
  ]);
  await asSuperuser(postgres, 'temporal_visibility', ['create extension btree_gin']);
}

/** From here on nobody comes in without TLS. */
async function turnTlsOn(postgres: Postgres, ca: TlsCa): Promise<void> {
  const { cert, key } = await ca.issue('postgres', '127.0.0.1');
  for (const [name, text] of [['server.crt', cert] as const, ['server.key', key] as const]) {
    writeFileSync(join(postgres.dataDir, name), text, { mode: 0o600 });
    if (unprivilegedUser) chownSync(join(postgres.dataDir, name), unprivilegedUser.uid, unprivilegedUser.gid);
  }
  cpSync(join(root, 'deploy/postgres/pg_hba.conf'), join(postgres.dataDir, 'pg_hba.conf'));
  await asSuperuser(postgres, 'postgres', ['alter system set ssl = on', 'select pg_reload_conf()']);
}

async function asSuperuser(postgres: Postgres, database: string, statements: string[]): Promise<void> {
  const client = new pg.Client(postgres.url(database));
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

interface Parts {
  dir: string;
  secrets: string;
  ca: TlsCa;
  postgres: Postgres;
  processes: Processes;
}

async function serviceRunner({ dir, secrets, ca, postgres, processes }: Parts): Promise<Production> {
  const [apiPort, validationPort, workerPort, ports] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freeLowPorts(temporalPorts.length),
  ]);
  const url = `https://127.0.0.1:${apiPort}`;
  const bin = await programs(dir);
  const here: [string, string][] = [
    ['${PUBLIC_URL}', url],
    ['${VALIDATION_URL}', `http://127.0.0.1:${validationPort}`],
    ['${MAIL_FROM}', 'smartCMS <noreply@example.it>'],
    ['/run/secrets', secrets],
    ['/var/lib/smartcms', join(dir, 'data')],
    ['/usr/lib/softhsm/libsofthsm2.so', await softhsmModule()],
    ['temporal:7233', `127.0.0.1:${ports[0]}`],
    ['localhost:8443', `127.0.0.1:${apiPort}`],
    ['localhost:8181', `127.0.0.1:${validationPort}`],
    ['localhost:9464', `127.0.0.1:${workerPort}`],
    ['0.0.0.0', '127.0.0.1'],
  ];
  // Where a container has an address of its own, a process here has ports of its own.
  const own: Record<string, Record<string, string>> = {
    'temporal-schema': { SQL_HOST: '127.0.0.1', SQL_PORT: String(postgres.port) },
    temporal: {
      ...{
        POSTGRES_SEEDS: '127.0.0.1',
        DB_PORT: String(postgres.port),
        NUM_HISTORY_SHARDS: '4',
        BIND_ON_IP: '127.0.0.1',
        SQL_MAX_CONNS: '10',
        SQL_VIS_MAX_CONNS: '5',
      },
      ...{ FRONTEND_HTTP_PORT: '0', ...Object.fromEntries(temporalPorts.map((name, i) => [name, String(ports[i])])) },
    },
    worker: { METRICS_PORT: String(workerPort) },
    validation: { VALIDATION_PORT: String(validationPort) },
    api: { API_PORT: String(apiPort) },
  };
  const machine = { PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: dir, SOFTHSM2_CONF: join(dir, 'softhsm2.conf') };
  const service = (name: string): ComposedService => {
    const { env, ...rest } = composed(name, here);
    return { ...rest, env: { ...machine, ...env, ...own[name] } };
  };
  const exits = new Map<string, { ended: boolean; logTail: () => string }>();
  return {
    ...{ ca, url, postgres, secrets, service },
    runIn: (name, [file = '', ...args], changes = {}) =>
      run(file === 'node' ? process.execPath : file, args, { cwd: root, env: { ...service(name).env, ...changes } }),
    start(name) {
      const { command, env } = service(name);
      const child = processes.start({ name, file: '/usr/bin/env', args: command, env, cwd: root });
      const state = { ended: false, logTail: () => child.logTail(30) };
      void child.exited.then(() => (state.ended = true));
      exits.set(name, state);
    },
    async healthy(name) {
      const [file = '', ...args] = service(name).healthcheck;
      for (const end = Date.now() + 60_000; Date.now() < end && !exits.get(name)?.ended;) {
        if ((await run(file, args, { cwd: root, env: service(name).env })).code === 0) return;
      }
      throw new Error(`${name} is not healthy:\n${exits.get(name)?.logTail() ?? 'it was not started'}`);
    },
  };
}

/** What the images have on their PATH, and what the Dockerfile makes. */
async function programs(dir: string): Promise<string> {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  const temporal = await temporalBinaries();
  symlinkSync(temporal.server, join(bin, 'temporal-server'));
  symlinkSync(temporal.sql, join(bin, 'temporal-sql-tool'));
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const name of ['tokens', 'cards']) mkdirSync(join(dir, 'data', name), { recursive: true });
  writeFileSync(
    join(dir, 'softhsm2.conf'),
    `directories.tokendir = ${join(dir, 'data/tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  return bin;
}
