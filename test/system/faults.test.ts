import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { openDatabase } from '../../db/database.ts';
import { root } from '../../local/paths.ts';
import { startServices, type Services } from '../../local/services.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { somebody } from './people.ts';
import { until } from './until.ts';

const PEOPLE = 8;
let dir: string;
let services: Services;

const start = () => startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, ui: false });
const writePeople = (count: number) =>
  writeFileSync(join(dir, 'people.csv'), stringify(Array.from({ length: count }, row), { header: true }));

beforeAll(async () => {
  dir = makeStackDir('faults');
  services = await start();
  writePeople(PEOPLE);
});
afterAll(async () => {
  await services.stop();
  rmSync(dir, { recursive: true, force: true });
});

function row() {
  const { document, ...person } = somebody();
  const documents = { documentKind: document.kind, documentNumber: document.number, documentIssuer: document.issuer };
  return { ...person, ...documents, documentExpiresOn: document.expiresOn, unit: 'OSL', profile: 'staff-card' };
}

/** Runs `smartcms issue` on the file, killed after `killAfterMs` if given. */
async function issue(killAfterMs?: number): Promise<{ code: number | null; output: string }> {
  const args = [join(root, 'cli/main.ts'), 'issue', join(dir, 'people.csv'), '--json', '--url', services.url];
  const child = spawn(process.execPath, args, { env: services.env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, output };
}

async function kill(name: 'worker' | 'api'): Promise<void> {
  const { pid, exited } = services.processes[name];
  process.kill(pid, 'SIGKILL');
  await exited;
  await services.restart(name);
}

test('whatever is killed, running again ends with one card a person and one certificate a slot', async () => {
  for (const after of [1500, 2500, 3500]) {
    const run = issue(after);
    await new Promise((resolve) => setTimeout(resolve, after - 500));
    await kill('worker');
    await run;
  }
  const interrupted = issue();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await kill('api');
  await interrupted;
  const { code, output } = await issue();
  const report = JSON.parse(output) as { issued: number; refused: number; skipped: number; rows: { state: string; verdict: unknown }[] };
  expect(report).toMatchObject({ refused: 0 });
  expect(report.issued + report.skipped).toBe(PEOPLE);
  expect(code).toBe(0);
  await theBookBalances();
}, 240_000);

/** Every request has its card; certificates, CA ledger and codes agree, nothing twice, nothing left over. */
async function theBookBalances(): Promise<void> {
  const knex = openDatabase(services.env.DATABASE_URL ?? '', { poolMax: 2 });
  try {
    const requests = (await knex('requests').select('state', 'device_id')) as { state: string; deviceId: string }[];
    expect(requests.map((r) => r.state)).toEqual(Array(PEOPLE).fill('produced'));
    expect(new Set(requests.map((r) => r.deviceId)).size).toBe(PEOPLE);
    const { rows } = (await knex.raw(`
      select (select count(*)::int from certificates where state = 'issued') as issued,
             (select count(*)::int from ca_ledger where certificate is not null and status = 'good') as good,
             (select count(*)::int from ca_ledger l left join certificates c on c.ca = l.ca and c.serial = l.serial where c.id is null) as orphans,
             (select count(*)::int from devices where state in ('reserved', 'personalising')) as half_made,
             (select count(*)::int from productions where state in ('running', 'stopped')) as running,
             (select max(n)::int from (select count(*) as n from secret_codes where state <> 'void' group by device_id, kind) x) as codes`)) as {
      rows: unknown[];
    };
    expect(rows[0]).toEqual({ issued: 2 * PEOPLE, good: 2 * PEOPLE, orphans: 0, half_made: 0, running: 0, codes: 1 });
  } finally {
    await knex.destroy();
  }
}

test('a worker killed in the middle of a card is missed within seconds, and the card is finished', async () => {
  writePeople(3);
  const run = issue();
  const knex = openDatabase(services.env.DATABASE_URL ?? '', { poolMax: 2 });
  try {
    // The CA can write nothing until the worker is dead: the kill is in the middle, however fast cards are made.
    const barred = await knex.transaction();
    await barred.raw('lock table ca_ledger in share mode');
    const atTheCa = () => knex('production_steps').where({ state: 'running', step: 'certify' }).first();
    await until('a step at the CA', atTheCa);
    await kill('worker');
    await barred.rollback();
    await until('every card', async () => (await knex('requests').whereNot('state', 'produced').first()) === undefined, 60_000);
  } finally {
    await knex.destroy();
  }
  expect(await run).toMatchObject({ code: 0 });
});

test('the audit chain is whole after all of it', async () => {
  const args = [join(root, 'cli/main.ts'), 'audit', 'verify', '--json', '--url', services.url];
  const child = spawn(process.execPath, args, { env: services.env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(JSON.parse(output)).toMatchObject({ ok: true, firstWrong: null });
  expect(code).toBe(0);
});

test('stopped and started again, it finds its data and works at once', async () => {
  await services.stop();
  services = await start();
  writePeople(1);
  const { code, output } = await issue(30_000);
  expect(code, output).toBe(0);
});
