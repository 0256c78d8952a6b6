import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './ports.ts';
import { postgresBin, postgresEnv } from './postgres-binaries.ts';
import { endLeftover, ensureCluster, postmaster, reachableDataDir } from './postgres-data.ts';
import { openProcesses, type Part, type Processes, type RunningProcess } from './processes.ts';
import { secretOf } from './secrets.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

export interface PostgresOptions {
  /** The data directory; made at the first start. One owner at a time: a server left running on it is ended first. */
  dataDir: string;
  /** Where the superuser's password is kept. Default: `secrets/` beside the data directory. */
  secretsDir?: string;
  /** Who runs it. Default: processes of its own, with `run/` and `log/` beside the data directory. */
  processes?: Processes;
  /** The wished port; another when it is taken. */
  port?: number;
  /** False trades the data's survival of a power cut for speed: for tests. */
  durable?: boolean;
}

/** A running PostgreSQL on the loopback interface. */
export interface Postgres extends Part {
  host: string;
  port: number;
  user: string;
  password: string;
  bin: string;
  dataDir: string;
  /** Connection URL of the superuser for a database. */
  url(database: string): string;
  stop(): Promise<void>;
}

const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'timezone=UTC', 'log_timezone=UTC'];
const ATTEMPTS = 3;

/** Starts PostgreSQL and returns when it takes connections. Throws an error that carries the end of its log. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const [bin, dataDir] = await Promise.all([postgresBin(), reachableDataDir(options.dataDir)]);
  const home = dirname(options.dataDir);
  const processes = options.processes ?? (await openProcesses(home));
  await endLeftover(dataDir);
  const password = secretOf(join(options.secretsDir ?? join(home, 'secrets'), 'postgres-password'));
  await ensureCluster(bin, dataDir, password);
  const { server, port } = await launch({ ...options, bin, dataDir, processes });
  const postgres = {
    ...{ process: server, host: '127.0.0.1', port, user: 'postgres', password, bin, dataDir },
    url: (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    stop: () => (options.processes ? postgres.process.stop() : processes.stopAll()),
    async restart() {
      await endLeftover(dataDir);
      postgres.process = spawnServer({ ...options, bin, dataDir, processes }, port);
      if (await becomesReady(postgres.process, dataDir)) return;
      throw new Error(`PostgreSQL does not start again on ${dataDir}:\n${postgres.process.logTail()}`);
    },
  };
  return postgres;
}

/** A PostgreSQL for tests: in a new temporary directory, fast instead of durable, forgotten when stopped. */
export async function startTemporaryPostgres(): Promise<Postgres> {
  const home = mkdtempSync(join(tmpdir(), 'smartcms-postgres-'));
  chmodSync(home, 0o711);
  const server = await startPostgres({ dataDir: join(home, 'data'), durable: false });
  const stop = async () => {
    await server.stop();
    for (const dir of [home, server.dataDir]) rmSync(dir, { recursive: true, force: true });
  };
  return { ...server, stop };
}

interface Launch extends PostgresOptions {
  bin: string;
  processes: Processes;
}

/** A port can be taken between our choice and its use, and backends of a killed server may hold its memory for a moment: try again. */
async function launch(options: Launch): Promise<{ server: RunningProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(options.port);
    const server = spawnServer(options, port);
    if (await becomesReady(server, options.dataDir)) return { server, port };
    await server.stop();
    if (attempt === ATTEMPTS)
      throw new Error(`PostgreSQL does not start on ${options.dataDir} (npm run reset forgets these data):\n${server.logTail()}`);
    await delay(200 * attempt);
  }
}

function spawnServer({ bin, dataDir, processes, durable }: Launch, port: number): RunningProcess {
  const settings = [...SETTINGS, ...(durable === false ? FAST : [])].flatMap((setting) => ['-c', setting]);
  return processes.start({
    name: 'postgres',
    file: join(bin, 'postgres'),
    args: ['-D', dataDir, '-p', String(port), ...settings],
    cwd: '/',
    env: postgresEnv,
    owner: unprivilegedUser,
    stopSignal: 'SIGINT',
    graceMs: 20_000,
  });
}

/** PostgreSQL tells in its pid file when it takes connections; until then there is nothing to wait on but that file. */
async function becomesReady(server: RunningProcess, dataDir: string): Promise<boolean> {
  let gone = false;
  void server.exited.then(() => (gone = true));
  while (!gone) {
    const found = postmaster(dataDir);
    if (found?.pid === server.pid && found.ready) return true;
    await delay(15);
  }
  return false;
}
