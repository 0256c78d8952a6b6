import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { migrateAudit } from '../db/audit/migrate.ts';
import { buildUi } from './build-ui.ts';
import { cacheDir, root, varDir } from './paths.ts';
import { freePort } from './ports.ts';
import type { ProcessSpec, RunningProcess } from './processes.ts';
import { seed } from './seed.ts';
import { startStack, type Stack } from './stack.ts';

export interface ServiceOptions {
  /** Where all state lives. Default: `var/` of this checkout. */
  dir?: string;
  profile?: 'demo' | 'test';
  /** Wished ports; another is taken when one is in use. 0: any. */
  ports?: { api: number; validation: number; mail: number };
  /** Told what happens, a line each. */
  say?: (line: string) => void;
  /** False where nobody looks at the console. */
  ui?: boolean;
}

/** Everything of smartCMS on this machine. */
export interface Services {
  url: string;
  validationUrl: string;
  mailUrl: string;
  /** Where each process shows its metrics and health. */
  metrics: Record<'api' | 'worker' | 'validation', string>;
  /** The environment that the processes got: a command started with it reaches the same parts. */
  env: NodeJS.ProcessEnv;
  processes: Record<'api' | 'worker' | 'validation', RunningProcess>;
  /** Starts one of the processes again after it died. */
  restart(name: 'api' | 'worker' | 'validation'): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the stack, brings the databases up to date, seeds, and starts worker, validation authority and API; returns when all answer. */
export async function startServices(options: ServiceOptions = {}): Promise<Services> {
  const { dir = varDir, profile = 'demo', ports = { api: 8080, validation: 8181, mail: 8025 }, say = () => {}, ui = true } = options;
  const built = ui ? buildUi(say) : Promise.resolve();
  built.catch(() => {}); // reported below, once there is a stack to stop
  const stack = await startStack({ dir, ports: { mail: ports.mail }, say });
  try {
    await built;
    const [apiPort, validationPort] = await Promise.all([freePort(ports.api), freePort(ports.validation)]);
    return await serve({ dir, profile, say, stack, apiPort, validationPort });
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

interface Parts {
  dir: string;
  profile: 'demo' | 'test';
  say: (line: string) => void;
  stack: Stack;
  apiPort: number;
  validationPort: number;
}

async function serve({ dir, profile, say, stack, apiPort, validationPort }: Parts): Promise<Services> {
  const url = `http://127.0.0.1:${apiPort}`;
  const validationUrl = `http://127.0.0.1:${validationPort}`;
  const env = {
    ...process.env,
    ...stack.env,
    SMARTCMS_PROFILE: profile,
    PUBLIC_URL: url,
    VALIDATION_URL: validationUrl,
    CARD_DIR: join(dir, 'cards'),
    API_PORT: String(apiPort),
    VALIDATION_PORT: String(validationPort),
    // The second start finds the program compiled.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheDir(), 'compiled'),
    LOG_DESTINATIONS: process.env.LOG_DESTINATIONS ?? 'stdout,database',
  };
  say('Bringing the databases up to date ...');
  await prepareDatabases(env, profile);
  await initialiseKeys(stack, env);

  const metricsPorts = { worker: await freePort(0), validation: await freePort(0), api: await freePort(0) };
  const watched = (name: keyof typeof metricsPorts) => ({ ...env, METRICS_PORT: String(metricsPorts[name]) });
  const metricsOf = (name: keyof typeof metricsPorts) => `http://127.0.0.1:${metricsPorts[name]}`;
  const metrics = { worker: metricsOf('worker'), validation: metricsOf('validation'), api: metricsOf('api') };
  const specs: Record<'api' | 'worker' | 'validation', ProcessSpec> = {
    worker: { name: 'worker', args: [join(root, 'worker/main.ts')], env: watched('worker'), graceMs: 20_000 },
    validation: { name: 'validation', args: [join(root, 'worker/validation.ts')], env: watched('validation') },
    api: { name: 'api', args: [join(root, 'api/main.ts')], env: watched('api') },
  };
  const ready = { worker: `${metrics.worker}/health/ready`, validation: `${validationUrl}/ca/main.crt`, api: `${url}/health/ready` };
  say('Starting worker, validation authority and API ...');
  const start = (name: keyof typeof specs) => stack.processes.start(specs[name]);
  const processes = { worker: start('worker'), validation: start('validation'), api: start('api') };
  await Promise.all((['api', 'validation', 'worker'] as const).map((name) => answers(ready[name], processes[name])));

  const addresses = { url, validationUrl, mailUrl: stack.mailUrl, metrics };
  writeRunFile(dir, addresses);
  return {
    ...addresses,
    env,
    processes,
    async restart(name) {
      processes[name] = start(name);
      await answers(ready[name], processes[name]);
    },
    async stop() {
      rmSync(join(dir, 'run/stack.json'), { force: true });
      await stack.stop();
    },
  };
}

async function prepareDatabases(env: NodeJS.ProcessEnv, profile: 'demo' | 'test'): Promise<void> {
  const operations = openDatabase(env.DATABASE_URL ?? '', { poolMax: 2 });
  const audit = openDatabase(env.AUDIT_DATABASE_URL ?? '', { poolMax: 2 });
  try {
    await Promise.all([migrate(operations), migrateAudit(audit)]);
    await seed({ knex: operations, profile });
  } finally {
    await Promise.all([operations.destroy(), audit.destroy()]);
  }
}

/** In a process of its own: SoftHSM reads its configuration from the environment that a process starts with. */
async function initialiseKeys(stack: Stack, env: NodeJS.ProcessEnv): Promise<void> {
  const process = stack.processes.start({ name: 'initialise', args: [join(root, 'worker/initialise.ts')], env });
  if ((await process.exited) !== 0) throw new Error(`The keys could not be made:\n${process.logTail()}`);
}

/** Waits until the address answers 200, or the process has ended. */
async function answers(address: string, child: RunningProcess): Promise<void> {
  let ended = false;
  void child.exited.then(() => (ended = true));
  for (const end = Date.now() + 60_000; Date.now() < end && !ended;) {
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${child.name} does not answer:\n${child.logTail()}`);
}

/** Tells the command line where the running system is. */
function writeRunFile(dir: string, addresses: object): void {
  mkdirSync(join(dir, 'run'), { recursive: true });
  const file = join(dir, 'run/stack.json');
  writeFileSync(`${file}.new`, JSON.stringify({ ...addresses, pid: process.pid }));
  renameSync(`${file}.new`, file);
}
