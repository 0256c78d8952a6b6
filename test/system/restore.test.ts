import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { openDatabase } from '../../db/database.ts';
import { ensureDatabases } from '../../local/databases.ts';
import { root } from '../../local/paths.ts';
import { startPostgres } from '../../local/postgres.ts';
import { startServices, type Services } from '../../local/services.ts';
import { activate } from '../chaos/activation.ts';
import { published } from '../chaos/book-crl.ts';
import { accounted } from '../chaos/book.ts';
import type { Weather } from '../chaos/client.ts';
import { assembleCrew, type Crew } from '../chaos/crew.ts';
import { direct } from '../chaos/http.ts';
import { live, type Acknowledged, type Around, type Ending } from '../chaos/life.ts';
import { openMailbox } from '../chaos/mailbox.ts';
import { randomFrom } from '../chaos/random.ts';
import { inventSomebody } from '../chaos/somebody.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { until } from './until.ts';

const before = makeStackDir('saved');
const after = makeStackDir('restored');
const saved = join(before, 'backup');
const weather: Weather = { repeated: [], defects: [] };
const random = randomFrom(7);
let services: Services | undefined;

const start = (dir: string) => startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, ui: false });
afterAll(async () => {
  await services?.stop();
  for (const dir of [before, after]) rmSync(dir, { recursive: true, force: true });
});

interface Ran {
  code: number;
  output: string;
  said: string;
}

/** A command of its own process, against the parts that the environment names. */
const smartcms = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'cli/main.ts'), ...args], { env }, (error, output, said) =>
      resolve({ code: error ? Number(error.code) : 0, output, said }),
    );
  });

/** Does something with the databases of a running system. */
async function withDatabase<T>({ env }: Services, work: (knex: ReturnType<typeof openDatabase>) => Promise<T>): Promise<T> {
  const knex = openDatabase(env.DATABASE_URL ?? '', { poolMax: 2 });
  return work(knex).finally(() => knex.destroy());
}

let people = 0;
const newcomer = () => inventSomebody(people, random);

/** What the restored system is asked about. */
interface Past {
  /** Everything that was answered before the backup began. */
  answered: Acknowledged[];
  waiting: string;
  approved: string;
  delivered: { id: string; serial: string; somebody: ReturnType<typeof newcomer>; code: string };
  numbers: { request: number; crl: number };
}
let past: Past;

const desk = (crew: Crew, n: number) => crew.desks[n] as Crew['desks'][number];
interface Shown {
  id: string;
  number: string;
  state: string;
  device: { id: string; serial: string } | null;
}
const show = (crew: Crew, id: string) => crew.maker.get<Shown>(`/requests/${id}`);
const reaches = (crew: Crew, id: string, state: string) =>
  until(
    `${state} of ${id}`,
    async () => {
      const shown = await show(crew, id);
      return shown.state === state && shown;
    },
    60_000,
  );

async function submitted(crew: Crew, somebody = newcomer()): Promise<string> {
  people++;
  const order = { holder: somebody.holder, unitId: desk(crew, 0).unitId, profileId: crew.profileId, submit: true };
  const { id } = await crew.registrar.post<Shown>('/requests', order);
  await reaches(crew, id, 'pending_approval');
  return id;
}

async function approve(crew: Crew, id: string): Promise<void> {
  await crew.approver.post(`/requests/${id}/decisions`, { verdict: 'approve', comment: '' });
  await reaches(crew, id, 'approved');
}

async function produce(crew: Crew, id: string): Promise<Shown> {
  await crew.maker.post(`/requests/${id}/production`, { stationId: desk(crew, 0).stationId });
  return reaches(crew, id, 'produced');
}

/** The numbers that were given last. */
const lastNumbers = (running: Services) =>
  withDatabase(running, async (knex) => {
    const { rows } = await knex.raw<{ rows: { request: number; crl: number }[] }>(
      `select max(split_part(number, '-', 2)::int) as request, (select max(number) from crls)::int as crl from requests`,
    );
    return rows[0] ?? { request: 0, crl: 0 };
  });

/** Cards at the other desks, one life after the other, until it is told to stop. */
async function work(around: Around, lane: number, answered: Acknowledged[], goesOn: () => boolean): Promise<void> {
  const endings: Ending[] = ['produced', 'active, revoked', 'suspended', 'rejected', 'cancelled', 'reactivated', 'cancelled when produced'];
  for (let n = lane; goesOn(); n++) {
    const somebody = newcomer();
    people++;
    answered.push(await live({ somebody, ending: endings[n % endings.length] ?? 'produced', desk: desk(around.crew, lane) }, around));
  }
}

beforeAll(async () => {
  services = await start(before);
  const mailbox = openMailbox(join(before, 'mail'));
  const through = direct(services.url);
  const crew = await assembleCrew(through, weather);
  const [waiting, approved] = [await submitted(crew), await submitted(crew)];
  await approve(crew, approved);
  const somebody = newcomer();
  const id = await submitted(crew, somebody);
  await approve(crew, id);
  const { device } = await produce(crew, id);
  await crew.maker.post(`/requests/${id}/delivery`);
  const code = await mailbox.codeFor(somebody.holder.email);

  const answered: Acknowledged[] = [];
  let works = true;
  const load = Promise.all([1, 2, 3].map((lane) => work({ crew, mailbox, through, weather }, lane, answered, () => works)));
  load.catch(() => {}); // awaited below
  await until('some cards', async () => answered.length >= 5, 90_000);
  const known = [...answered];
  const ran = await smartcms(services.env, 'backup', '--to', saved).finally(() => (works = false));
  expect(ran.code, ran.said).toBe(0);
  await load;
  expect(answered.length).toBeGreaterThan(known.length);
  past = {
    ...{ answered: known, waiting, approved, numbers: await lastNumbers(services) },
    delivered: { id, serial: device?.serial ?? '', somebody, code },
  };
  await mailbox.close();
  await services.stop();
  services = undefined;
}, 240_000);

/** New databases, the HSM's token and the cards that people have; Temporal knows nothing. */
async function restored(): Promise<Services> {
  const postgres = await startPostgres({ dataDir: join(after, 'postgres'), secretsDir: join(after, 'secrets') });
  try {
    const urls = await ensureDatabases(postgres, join(after, 'secrets'));
    const env = { ...process.env, SMARTCMS_PROFILE: 'test', DATABASE_URL: urls.smartcms, AUDIT_DATABASE_URL: urls.smartcms_audit };
    const { code, said } = await smartcms(env, 'restore', '--from', saved);
    expect(code, said).toBe(0);
    expect(await smartcms(env, 'restore', '--from', saved)).toMatchObject({
      code: 1,
      said: expect.stringContaining('not empty') as string,
    });
  } finally {
    await postgres.stop();
  }
  for (const name of ['hsm/tokens', 'cards', 'secrets/hsm-pin', 'secrets/hsm-so-pin'])
    cpSync(join(before, name), join(after, name), { recursive: true });
  return start(after);
}

interface Report {
  findings: { what: string; done: string | null }[];
}
const reconcile = async (running: Services): Promise<Report['findings']> => {
  const { output, said } = await smartcms(running.env, 'reconcile', '--repair', '--json', '--url', running.url);
  expect(output, said).toMatch(/^\{/);
  return (JSON.parse(output) as Report).findings;
};

test('what was answered before a backup under load is there after a restore elsewhere, and goes on', async () => {
  expect(statSync(saved).mode & 0o777).toBe(0o700);
  mkdirSync(after, { recursive: true });
  const running = (services = await restored());
  const through = direct(running.url);
  const crew = await assembleCrew(through, weather);

  await reconcile(running);
  expect(await reconcile(running)).toEqual([]);
  const deviations = await withDatabase(running, (knex) => accounted(knex, past.answered));
  expect(deviations.filter((line) => !line.endsWith('was never answered to anybody'))).toEqual([]);

  await approve(crew, past.waiting);
  for (const id of [past.waiting, past.approved]) await hasItsCertificates(running, (await produce(crew, id)).device?.id ?? '');
  await isActivated(running, crew);
  await numbersGoOn(running, crew);

  const verification = await crew.auditor.get<{ ok: boolean; firstWrong: unknown }>('/audit/verification');
  expect(verification).toMatchObject({ ok: true, firstWrong: null });
  expect(weather.defects).toEqual([]);
}, 240_000);

/** One certificate a slot, each signed by the CA. */
async function hasItsCertificates(running: Services, deviceId: string): Promise<void> {
  const made = await withDatabase(running, (knex) =>
    knex('certificates as c')
      .join('ca_ledger as l', (join) => void join.on('l.ca', 'c.ca').on('l.serial', 'c.serial'))
      .where({ deviceId, state: 'issued', 'l.status': 'good' })
      .select('c.slot'),
  );
  expect(made.length).toBe(2);
}

/** With the code that was mailed before the restore. */
async function isActivated(running: Services, crew: Crew): Promise<void> {
  const { id, serial, somebody, code } = past.delivered;
  const mailbox = { codeFor: () => Promise.resolve(code), counts: () => new Map<string, number>(), close: () => Promise.resolve() };
  await activate({ somebody, serial, mailbox, through: direct(running.url), weather });
  await reaches(crew, id, 'closed');
}

/** Neither a request nor a CRL gets a number that was given already, also after the backup; what is published is what the database says. */
async function numbersGoOn(running: Services, crew: Crew): Promise<void> {
  const { number } = await show(crew, await submitted(crew));
  expect(Number(number.split('-')[1])).toBeGreaterThan(past.numbers.request);
  const device = (await show(crew, past.delivered.id)).device?.id ?? '';
  await crew.helpDesk.post(`/devices/${device}/revocation`, { cause: 'lost', comment: 'after the restore' });
  await until('the CRL with it', () =>
    withDatabase(running, async (knex) => (await knex('certificate_actions').whereNot({ workflowState: 'ended' }).first()) === undefined),
  );
  expect((await lastNumbers(running)).crl).toBeGreaterThan(past.numbers.crl);
  expect(await withDatabase(running, (knex) => published(knex, running.validationUrl))).toEqual([]);
}
