import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { inParallel } from '../../domain/in-parallel.ts';
import { openDatabase } from '../../db/database.ts';
import type { Part } from '../../local/processes.ts';
import { startServices, type Services } from '../../local/services.ts';
import { balanced } from '../chaos/book.ts';
import { person, type Person, type Weather } from '../chaos/client.ts';
import { assembleCrew, type Crew } from '../chaos/crew.ts';
import { roundRobin, type Through } from '../chaos/http.ts';
import { endings, live } from '../chaos/life.ts';
import { openMailbox, type Mailbox } from '../chaos/mailbox.ts';
import { randomFrom } from '../chaos/random.ts';
import { inventSomebody } from '../chaos/somebody.ts';
import { audited, placeWitness, witnessed, type Changes } from '../chaos/witness.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { until } from './until.ts';

let dir: string;
let services: Services;
let apis: (Part & { url: string })[];
let workers: Part[];
let through: Through;
let crew: Crew;
let mailbox: Mailbox;
let temporal: Connection;
let knex: ReturnType<typeof openDatabase>;
let audit: ReturnType<typeof openDatabase>;
let before: Changes;
const weather: Weather = { repeated: [], defects: [] };
const random = randomFrom(5);
let people = 0;

beforeAll(async () => {
  dir = makeStackDir('pairs');
  services = await startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, ui: false });
  const partOf = (name: 'api' | 'worker'): Part => ({
    get process() {
      return services.processes[name];
    },
    restart: () => services.restart(name),
  });
  const [api, worker] = await Promise.all([services.another('api'), services.another('worker')]);
  apis = [Object.assign(partOf('api'), { url: services.url }), api];
  workers = [partOf('worker'), worker];
  through = roundRobin(apis.map(({ url }) => url));
  temporal = await Connection.connect({ address: services.env.TEMPORAL_ADDRESS ?? '' });
  knex = openDatabase(services.env.DATABASE_URL ?? '', { poolMax: 2 });
  audit = openDatabase(services.env.AUDIT_DATABASE_URL ?? '', { poolMax: 2 });
  await Promise.all(workers.map((part) => polls(part, 'main')));
  await placeWitness(knex);
  const seen = await witnessed(knex);
  before = Object.fromEntries(Object.entries(await audited(knex, audit)).map(([name, n]) => [name, n - (seen[name] ?? 0)]));
  mailbox = openMailbox(join(dir, 'mail'));
  crew = await assembleCrew(through, weather);
}, 120_000);

afterAll(async () => {
  await mailbox.close();
  await Promise.all([knex.destroy(), audit.destroy(), temporal.close()]);
  await services.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Process ids of the workers that lately asked for work of a queue. */
async function pollers(queue: string): Promise<Set<number>> {
  const taskQueueType = queue === 'main' ? 1 : 2;
  const asked = { namespace: services.env.TEMPORAL_NAMESPACE ?? '', taskQueue: { name: queue }, taskQueueType };
  const { pollers: found } = await temporal.workflowService.describeTaskQueue(asked);
  return new Set((found ?? []).map(({ identity }) => Number(identity?.split('@')[0])));
}

const polls = ({ process }: Part, queue: string) =>
  until(`worker ${process.pid} at ${queue}`, async () => (await pollers(queue)).has(process.pid), 90_000);

const deskAt = (n: number) => crew.desks[n % crew.desks.length] as Crew['desks'][number];

async function submitted(profile = crew.profileId): Promise<{ id: string; version: number; data: object }> {
  const n = people++;
  const { holder } = inventSomebody(n, random);
  const { id } = await crew.registrar.post<{ id: string }>('/requests', {
    holder,
    unitId: deskAt(n).unitId,
    profileId: profile,
    submit: true,
  });
  return until('the request to be taken up', async () => {
    const request = await crew.registrar.get<{ id: string; version: number; state: string; data: object }>(`/requests/${id}`);
    return request.state === 'pending_approval' && request;
  });
}

const stateOf = async (id: string) => (await crew.registrar.get<{ state: string }>(`/requests/${id}`)).state;

/** Steps of the productions since then that were begun more than once. */
const repeatedSteps = (since: Date) =>
  knex('production_steps as s')
    .join('productions as p', 'p.id', 's.production_id')
    .where('p.started_at', '>=', since)
    .where('s.attempts', '>', 1)
    .select('s.step', 's.attempts', 'p.ending_reason');

/** What the book has wrong when nothing is under way any more. */
async function atRest(): Promise<string[]> {
  await until('the book to balance', async () => (await balanced(knex)).length === 0, 60_000).catch(() => undefined);
  return balanced(knex);
}

/** Signed in, with calls spread over both APIs. */
async function atBoth(login: string): Promise<Person> {
  const someone = person({ through, weather });
  await someone.signIn(`${login}@aurelia.example`, 'smartcms-demo');
  return someone;
}

test('one click that reaches both APIs many times is one request, and each gets the same answer', async () => {
  const { holder } = inventSomebody(people++, random);
  const session = await through({
    path: '/session',
    method: 'POST',
    headers: {},
    body: { login: 'ro2@aurelia.example', password: 'smartcms-demo' },
  });
  const cookie = session.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const body = { holder, unitId: deskAt(0).unitId, profileId: crew.profileId, submit: true };
  const click = () => through({ path: '/requests', method: 'POST', headers: { cookie, 'idempotency-key': 'one-click' }, body });
  const answers = await Promise.all(Array.from({ length: 40 }, click));
  expect(new Set(answers.map(({ status }) => status)).size).toBeLessThanOrEqual(2);
  for (const { status } of answers) expect([201, 409]).toContain(status);
  const later = await Promise.all(Array.from({ length: 4 }, click));
  const ids = [...answers, ...later].filter(({ status }) => status === 201).map(({ body: made }) => (made as { id: string }).id);
  expect(new Set(ids).size).toBe(1);
  expect(ids.length).toBeGreaterThanOrEqual(5);
  expect(await knex('requests').whereIn('holderId', knex('holders').select('id').where({ taxCode: holder.taxCode }))).toHaveLength(1);
});

test('fifty approvals by one officer at both APIs count once', async () => {
  const { items } = await crew.maker.get<{ items: { id: string; code: string }[] }>('/device-profiles');
  const { id } = await submitted(items.find(({ code }) => code === 'qualified-card')?.id);
  const officer = await atBoth('do3');
  const approve = () => officer.tryOnce('POST', `/requests/${id}/decisions`, { body: { verdict: 'approve', comment: '' } });
  const statuses = (await Promise.all(Array.from({ length: 50 }, approve))).map((answer) => answer?.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 409)).toHaveLength(49);
  expect(await knex('approvals').where({ requestId: id })).toHaveLength(1);
  expect(await stateOf(id)).toBe('pending_approval');
});

test('approve, reject and cancel at the same moment: what was answered happened, in one order', async () => {
  const [first, second] = [await atBoth('do3'), await atBoth('do4')];
  const decide = (officer: Person, id: string, verdict: string) =>
    officer.tryOnce('POST', `/requests/${id}/decisions`, { body: { verdict, comment: 'race' } });
  const round = async () => {
    const { id } = await submitted();
    const answers = await Promise.all([
      decide(first, id, 'approve'),
      decide(second, id, 'reject'),
      crew.registrar.tryOnce('POST', `/requests/${id}/cancellation`, { body: { reason: 'race' } }),
    ]);
    for (const answer of answers) expect([200, 409]).toContain(answer?.status);
    const [approved, rejected, cancelled] = answers.map((answer) => answer?.status === 200);
    expect(approved && rejected).toBe(false);
    expect(rejected && cancelled).toBe(false);
    expect(await stateOf(id)).toBe(cancelled ? 'cancelled' : rejected ? 'rejected' : 'approved');
    expect(await knex('approvals').where({ requestId: id })).toHaveLength(Number(approved) + Number(rejected));
  };
  await inParallel(Array.from({ length: 24 }), { jobs: 6 }, round);
});

test('of several edits of one version one wins', async () => {
  for (let n = 0; n < 4; n++) {
    const { id, version, data } = await submitted();
    const edit = (i: number) =>
      crew.registrar.tryOnce('POST', `/requests/${id}/amendments`, {
        body: { data: { ...data, birthPlace: `Imola ${i}` }, reason: 'race' },
        version,
      });
    const statuses = (await Promise.all([0, 1, 2, 3].map(edit))).map((answer) => answer?.status);
    expect(statuses.toSorted()).toEqual([200, 412, 412, 412]);
  }
});

test('cancelled in the middle of its steps, no card leaves a certificate behind', async () => {
  const cancelled = async () => {
    const { id } = await submitted();
    await crew.approver.post(`/requests/${id}/decisions`, { verdict: 'approve', comment: '' });
    await crew.maker.post(`/requests/${id}/production`, { stationId: deskAt(people).stationId });
    await crew.registrar.post(`/requests/${id}/cancellation`, { reason: 'changed our minds' });
    expect(await stateOf(id)).toBe('cancelled');
  };
  await inParallel(Array.from({ length: 12 }), { jobs: 3 }, cancelled);
  expect(await atRest()).toEqual([]);
}, 120_000);

test('each station is served by one of the two workers', async () => {
  for (const { stationId } of crew.desks) {
    const serving = await pollers(`station-${stationId}`);
    expect(workers.filter(({ process }) => serving.has(process.pid))).toHaveLength(1);
  }
});

test('killed, the worker that serves the stations is followed by the other at once', async () => {
  const queue = `station-${deskAt(0).stationId}`;
  const serving = await pollers(queue);
  const [killed, other] = workers.toSorted((a, b) => Number(serving.has(b.process.pid)) - Number(serving.has(a.process.pid))) as [
    Part,
    Part,
  ];
  process.kill(killed.process.pid, 'SIGKILL');
  await polls(other, queue);
  await killed.restart();
  await polls(killed, 'main');
});

test('each process stopped in good order and started again under load: no call fails, no step is done twice', async () => {
  weather.repeated.length = 0;
  const began = new Date();
  const lives = Array.from({ length: 16 }, (_, i) => ({
    somebody: inventSomebody(people++, random),
    ending: endings[i % endings.length]?.[0] ?? 'produced',
    desk: deskAt(i),
  }));
  const load = inParallel(lives, { jobs: 6 }, async (life) => void (await live(life, { crew, mailbox, through, weather })));
  for (const part of [apis[0], workers[0], apis[1], workers[1]] as Part[]) {
    await part.process.stop();
    await part.restart();
    if (workers.includes(part)) await polls(part, 'main');
  }
  await load;
  expect(weather.repeated).toEqual([]);
  expect(await repeatedSteps(began)).toEqual([]);
  expect(weather.defects).toEqual([]);
}, 180_000);

test('afterwards the book balances: each mail once, each change audited, the chain whole', async () => {
  expect(await atRest()).toEqual([]);
  await mailbox.close();
  expect([...mailbox.counts().values()].filter((n) => n !== 1)).toEqual([]);
  const told = Object.entries(await audited(knex, audit)).map(([name, n]) => [name, n - (before[name] ?? 0)] as const);
  expect(Object.fromEntries(told.filter(([, n]) => n > 0))).toEqual(await witnessed(knex));
  expect(await crew.auditor.get('/audit/verification')).toMatchObject({ ok: true, firstWrong: null });
});
