import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freeLowPorts, freePort } from './ports.ts';
import type { Postgres } from './postgres.ts';
import { openProcesses, type Part, type Processes, type RunningProcess } from './processes.ts';
import { secretOf } from './secrets.ts';
import { temporalBinaries } from './temporal-build.ts';
import { PORTS_NEEDED, temporalConfig } from './temporal-config.ts';
import { ensureNamespace } from './temporal-namespace.ts';
import { ensureTemporalSchema } from './temporal-schema.ts';

export interface TemporalOptions {
  /** The PostgreSQL that keeps its two databases. */
  postgres: Postgres;
  /** Where its configuration is written. */
  dir: string;
  /** Where the password of its database role is kept. Default: `secrets/` beside `dir`. */
  secretsDir?: string;
  /** Who runs it. Default: processes of its own in `dir`. */
  processes?: Processes;
  /** The wished port for clients (below 32768); another when it is taken. */
  port?: number;
}

/** A Temporal server that takes work for the namespace. */
export interface Temporal {
  address: string;
  namespace: string;
  stop(): Promise<void>;
  /** The server, unless it is external. */
  part?: Part;
}

const NAMESPACE = 'smartcms';
const ATTEMPTS = 3;
const READY_MS = 60_000;
/** Its own orderly end may take ten seconds; cut short it loses nothing, as all its state is in PostgreSQL. */
const GRACE_MS = 3000;

/** The Temporal that `TEMPORAL_ADDRESS` names, if it names one. */
export async function externalTemporal(): Promise<Temporal | undefined> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = NAMESPACE } = process.env;
  if (!address) return undefined;
  await ensureNamespace({ address }, namespace, { ms: 10_000 });
  return { address, namespace, stop: () => Promise.resolve() };
}

/** Builds the server when needed, makes its databases, starts it, and returns when it takes work. */
export async function startTemporal(options: TemporalOptions): Promise<Temporal> {
  const external = await externalTemporal();
  if (external) return external;
  const binaries = await temporalBinaries();
  const password = secretOf(join(options.secretsDir ?? join(dirname(options.dir), 'secrets'), 'temporal-password'));
  const role = { name: 'temporal', password };
  await ensureTemporalSchema({ postgres: options.postgres, sql: binaries.sql, role });
  const processes = options.processes ?? (await openProcesses(options.dir));
  const { part, address } = await launch({ ...options, role, processes, file: binaries.server });
  return { address, namespace: NAMESPACE, part, stop: () => (options.processes ? part.process.stop() : processes.stopAll()) };
}

interface Launch extends TemporalOptions {
  role: { name: string; password: string };
  processes: Processes;
  file: string;
}

/** One of its ports can be taken between our choice and its use: then it ends at once, and is started again on others. */
async function launch(options: Launch): Promise<{ part: Part; address: string }> {
  for (let attempt = 1; ; attempt++) {
    const ports = await freeLowPorts(PORTS_NEEDED);
    if (options.port && (await freePort(options.port)) === options.port) ports[0] = options.port;
    const server = spawnServer(options, ports);
    const address = `127.0.0.1:${ports[0]}`;
    const problem = await becomesReady(server, address);
    if (!problem) return { part: partOf(options, { server, ports, address }), address };
    await server.stop();
    if (attempt === ATTEMPTS) throw new Error(`Temporal does not start (${problem}):\n${server.logTail()}`);
  }
}

function partOf(options: Launch, { server, ports, address }: { server: RunningProcess; ports: number[]; address: string }): Part {
  const part = {
    process: server,
    async restart() {
      part.process = spawnServer(options, ports);
      const problem = await becomesReady(part.process, address);
      if (problem) throw new Error(`Temporal does not start again (${problem}):\n${part.process.logTail()}`);
    },
  };
  return part;
}

function spawnServer({ postgres, dir, role, processes, file }: Launch, ports: number[]): RunningProcess {
  mkdirSync(dir, { recursive: true });
  const config = join(dir, 'server.yaml');
  // JSON is YAML. It holds the password of the role.
  writeFileSync(config, JSON.stringify(temporalConfig({ postgres, role, ports }), null, 2), { mode: 0o600 });
  const args = ['--config-file', config, '--allow-no-auth', 'start'];
  return processes.start({ name: 'temporal', file, args, cwd: dir, graceMs: GRACE_MS });
}

async function becomesReady(server: RunningProcess, address: string): Promise<string | undefined> {
  let gone = false;
  void server.exited.then(() => (gone = true));
  return ensureNamespace({ address }, NAMESPACE, { ms: READY_MS, gone: () => gone }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}
