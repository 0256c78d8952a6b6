import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';

import { migrateAudit } from '../db/audit/migrate.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/database.ts';
import { root } from '../local/paths.ts';
import { freePort } from '../local/ports.ts';
import { seed } from '../local/seed.ts';
import { startServices, type Services } from '../local/services.ts';
import { populate, type Population } from './population.ts';

/** A system with a given number of requests: the API on a database of its own, beside the running services. */
export interface World extends Population, DatabaseUrls {
  requests: number;
  /** Of the API that serves it. */
  url: string;
  apiPid: number;
}

/** Addresses of one database: as the product, and as a superuser. */
export interface DatabaseUrls {
  databaseUrl: string;
  adminUrl: string;
}

/** What benchmarks run in: one stack for all of them, on disk and durable, and populated worlds, made when first asked for. */
export interface Lab {
  services(): Promise<Services>;
  world(requests: number): Promise<World>;
  /** Two databases of a benchmark's own, nothing but the seed in them; the audit trail's is the second. */
  databases(name: string): Promise<{ operations: DatabaseUrls; audit: DatabaseUrls }>;
  /** Process ids by what they do. PostgreSQL's stands for all of its backends. */
  pids(): Promise<{ api: number; worker: number; validation: number; postgres: number; temporal: number }>;
  close(): Promise<void>;
}

export function openLab(dir: string, say: (line: string) => void): Lab {
  let running: Promise<Services> | undefined;
  const worlds = new Map<number, Promise<World>>();
  const children: ChildProcess[] = [];
  const services = () => (running ??= startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, say }));
  const world = (requests: number) => {
    const known = worlds.get(requests) ?? makeWorld(dir, services(), requests, { say, children });
    worlds.set(requests, known);
    return known;
  };
  return {
    services,
    world,
    async databases(name) {
      const running = await services();
      return { operations: await makeDatabase(dir, running, name), audit: await makeAudit(dir, running, `${name}_audit`) };
    },
    async pids() {
      const { processes } = await services();
      const pidOf = (name: string) => (JSON.parse(readFileSync(join(dir, `run/processes/${name}.json`), 'utf8')) as { pid: number }).pid;
      return {
        ...{ api: processes.api.pid, worker: processes.worker.pid, validation: processes.validation.pid },
        ...{ postgres: pidOf('postgres'), temporal: pidOf('temporal') },
      };
    },
    async close() {
      for (const child of children) child.kill('SIGTERM');
      await (await running)?.stop();
    },
  };
}

interface Helpers {
  say: (line: string) => void;
  children: ChildProcess[];
}

async function makeWorld(dir: string, running: Promise<Services>, requests: number, { say, children }: Helpers): Promise<World> {
  const services = await running;
  const { databaseUrl, adminUrl } = await makeDatabase(dir, services, `bench_${requests}`);
  say(`  filling a database with ${requests} requests ...`);
  const knex = openDatabase(adminUrl, { poolMax: 2, statementTimeoutMs: 0 });
  const population = await populate(knex, { requests });
  await knex.destroy();
  const port = await freePort(0);
  const child = spawn(process.execPath, [join(root, 'api/main.ts')], {
    env: { ...services.env, DATABASE_URL: databaseUrl, API_PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
  await listening(port, child);
  return { ...population, requests, url: `http://127.0.0.1:${port}`, apiPid: child.pid ?? 0, databaseUrl, adminUrl };
}

/** A seeded operations database with the CA and the data keys of the stack: their keys are in the same HSM. */
async function makeDatabase(dir: string, { env }: Services, name: string): Promise<DatabaseUrls> {
  const urls = await createDatabase(dir, env.DATABASE_URL ?? '', name);
  const product = openDatabase(urls.databaseUrl, { poolMax: 2 });
  await migrate(product);
  await seed({ knex: product, profile: 'test' });
  for (const table of ['cas', 'data_keys']) {
    const rows = (await openRows(env.DATABASE_URL ?? '', table)) as object[];
    await product(table).insert(rows).onConflict().ignore();
  }
  await product.destroy();
  return urls;
}

async function makeAudit(dir: string, { env }: Services, name: string): Promise<DatabaseUrls> {
  const urls = await createDatabase(dir, env.DATABASE_URL ?? '', name);
  const audit = openDatabase(urls.databaseUrl, { poolMax: 2 });
  await migrateAudit(audit);
  await audit.destroy();
  return urls;
}

/** An empty database beside another, with the extensions that only a superuser may add. */
async function createDatabase(dir: string, beside: string, name: string): Promise<DatabaseUrls> {
  const [admin, own] = [new URL(beside), new URL(beside)];
  admin.username = 'postgres';
  admin.password = readFileSync(join(dir, 'secrets/postgres-password'), 'utf8').trim();
  const main = openDatabase(admin.href, { poolMax: 1, statementTimeoutMs: 0 });
  await main.raw(`create database ${name} owner smartcms`);
  await main.destroy();
  admin.pathname = own.pathname = `/${name}`;
  const knex = openDatabase(admin.href, { poolMax: 1 });
  for (const extension of ['ltree', 'pg_trgm', 'btree_gin', 'citext']) await knex.raw(`create extension if not exists ${extension}`);
  await knex.destroy();
  return { databaseUrl: own.href, adminUrl: admin.href };
}

async function openRows(url: string, table: string): Promise<object[]> {
  const knex = openDatabase(url, { poolMax: 1 });
  try {
    return (await knex(table).select()) as object[];
  } finally {
    await knex.destroy();
  }
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the API of a benchmark ended');
  });
  for (;;) {
    const socket = createConnection(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      ended,
    ]);
    socket.destroy();
    if (open) return void ended.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
