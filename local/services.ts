import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openDatabase } from '../db/database.ts';
import { buildUi } from './build-ui.ts';
import { cacheDir, root, varDir } from './paths.ts';
import { freePort } from './ports.ts';
import type { Part, ProcessSpec, RunningProcess } from './processes.ts';
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
  processes: Readonly<Record<'api' | 'worker' | 'validation', RunningProcess>>;
  /** Starts one of the processes again after it died. */
  restart(name: 'api' | 'worker' | 'validation'): Promise<void>;
  /** What they stand on, where it was started here. */
  servers: Stack['servers'];
  /** One more worker, or one more API (at `url`). */
  another(name: 'api' | 'worker'): Promise<Part & { url: string }>;
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
  await prepare(stack, env);
  await seedDemonstration(env, profile);

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
  const start = (spec: ProcessSpec, address: string) => startPart(() => stack.processes.start(spec), address);
  const [worker, validation, api] = await Promise.all([
    start(specs.worker, ready.worker),
    start(specs.validation, ready.validation),
    start(specs.api, ready.api),
  ]);
  const parts = { api, worker, validation };

  const addresses = { url, validationUrl, mailUrl: stack.mailUrl, metrics };
  writeRunFile(dir, addresses);
  return {
    ...addresses,
    env,
    processes: {
      get api() {
        return parts.api.process;
      },
      get worker() {
        return parts.worker.process;
      },
      get validation() {
        return parts.validation.process;
      },
    },
    restart: (name) => parts[name].restart(),
    servers: stack.servers,
    async another(name) {
      const [port, metricsPort] = [await freePort(), await freePort()];
      const spec = { ...specs[name], name: `${name}-${port}`, env: { ...env, API_PORT: String(port), METRICS_PORT: String(metricsPort) } };
      const part = await start(spec, `http://127.0.0.1:${metricsPort}/health/ready`);
      return Object.assign(part, { url: `http://127.0.0.1:${port}` });
    },
    async stop() {
      rmSync(join(dir, 'run/stack.json'), { force: true });
      await stack.stop();
    },
  };
}

/** A process, up when its address answers. */
async function startPart(start: () => RunningProcess, address: string): Promise<Part> {
  const part = {
    process: start(),
    async restart() {
      part.process = start();
      await answers(address, part.process);
    },
  };
  await answers(address, part.process);
  return part;
}

/** In a process of its own: SoftHSM reads its configuration from the environment that a process starts with. */
async function prepare(stack: Stack, env: NodeJS.ProcessEnv): Promise<void> {
  const process = stack.processes.start({ name: 'prepare', args: [join(root, 'cli/main.ts'), 'prepare'], env });
  if ((await process.exited) !== 0) throw new Error(`Databases and keys could not be made ready:\n${process.logTail()}`);
}

async function seedDemonstration(env: NodeJS.ProcessEnv, profile: 'demo' | 'test'): Promise<void> {
  const operations = openDatabase(env.DATABASE_URL ?? '', { poolMax: 2 });
  await seed({ knex: operations, profile }).finally(() => operations.destroy());
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
