import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';

import { openDatabase } from '../db/database.ts';
import { root } from '../local/paths.ts';
import { requestWorkflowId } from '../workflows/request-messages.ts';
import type { BenchContext } from './benchmark.ts';
import { openChild, type Child } from './child.ts';
import { cpuSeconds } from './cpu.ts';
import { openOffice, type Led, type Office } from './desk.ts';
import { assertSameShape, historyCounts, type HistoryCounts } from './history-counts.ts';
import { load } from './http-load.ts';
import type { RawOrder, RawRound } from './raw-request.ts';
import type { ShapeAnswer, ShapeOrder } from './shape/process.ts';
import { recordChanges } from './trace.ts';

const PER_ROUND = 20;
const AT_ONCE = 16;
/** What is still under way when the last answer came: the relay of the audit trail looks twice a second. */
const SETTLE_MS = 2000;
const IDLE_MS = 5000;

/** CPU milliseconds by process, less what the idle system would have used in the time, and how long it took. */
export interface Phase {
  cpuMs: Record<string, number>;
  seconds: number;
}

export interface RequestRound {
  /** From nothing to approved, and from there to the card. */
  approval: Phase;
  production: Phase;
  shape: Phase;
  raw: RawRound;
}

export interface RequestWork {
  /** Requests in a round. */
  perRound: number;
  rounds: RequestRound[];
  /** Of one round: requests with their productions, and empty shapes. */
  histories: { real: HistoryCounts; shape: HistoryCounts };
  /** Of the system at rest, CPU milliseconds a second. */
  idle: Record<string, number>;
  /** Rows changed for one request, and the transactions that they came in. */
  sql: { rows: number; transactions: number };
}

const known = new WeakMap<BenchContext['lab'], Promise<RequestWork>>();

/** Leads requests to their cards, empty shapes and raw work in turn; once for all benchmarks that read it. */
export function requestWork(context: BenchContext): Promise<RequestWork> {
  const begun = known.get(context.lab) ?? measure(context);
  known.set(context.lab, begun);
  return begun;
}

async function measure({ lab, rounds, seed }: BenchContext): Promise<RequestWork> {
  const { env, url } = await lab.services();
  const { operations } = await lab.databases('bench_requests');
  const office = await openOffice(url, { seed, first: 10_000 });
  const cards = join(dirname(env.CARD_DIR ?? ''), 'bench-cards');
  const shapes = await openChild<ShapeOrder, ShapeAnswer>(join(root, 'bench/shape/process.ts'), env);
  const raw = await openChild<RawOrder, RawRound>(join(root, 'bench/raw-request.ts'), {
    ...env,
    ...{ BENCH_DATABASE: operations.databaseUrl, BENCH_CARDS: cards },
  });
  const knex = openDatabase(env.DATABASE_URL ?? '', { poolMax: 2 });
  const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS ?? '' });
  const client = new Client({ connection, namespace: env.TEMPORAL_NAMESPACE ?? '' });
  try {
    const pids = { ...(await lab.pids()), shape: shapes.pid };
    return await inRounds({ pids, office, shapes, raw, knex, client, rounds });
  } finally {
    await Promise.all([shapes.close(), raw.close(), knex.destroy(), connection.close()]);
  }
}

interface Parts {
  pids: Pids;
  office: Office;
  shapes: Child<ShapeOrder, ShapeAnswer>;
  raw: Child<RawOrder, RawRound>;
  knex: Knex;
  client: Client;
  rounds: number;
}

type Pids = Record<'api' | 'worker' | 'postgres' | 'temporal' | 'shape', number>;

async function inRounds({ pids, office, shapes, raw, knex, client, rounds }: Parts): Promise<RequestWork> {
  const changes = await recordChanges(knex);
  const warm = await produce(office, await approve(office));
  await settled(knex);
  const trace = await changes.read();
  await raw.ask({ trace });
  const { ids } = await shapes.ask({ count: PER_ROUND, atOnce: AT_ONCE });
  await raw.ask({ cards: 3 });
  const histories = { real: await historyCounts(client, warm.map(requestWorkflowId)), shape: await historyCounts(client, ids) };
  assertSameShape(histories.real, histories.shape);
  await pause(SETTLE_MS);
  const idle = idleOf(await phase(pids, () => pause(IDLE_MS)));
  const measured = async (work: () => Promise<unknown>) => less(idle, await phase(pids, () => work().then(() => settled(knex))));
  const kinds: Record<keyof RequestRound, (round: RequestRound) => Promise<void>> = {
    approval: async (round) => void (round.approval = await measured(async () => (led = await approve(office)))),
    production: async (round) => void (round.production = await measured(() => produce(office, led))),
    shape: async (round) => void (round.shape = await measured(() => shapes.ask({ count: PER_ROUND, atOnce: AT_ONCE }))),
    raw: async (round) => void (round.raw = await raw.ask({ cards: PER_ROUND })),
  };
  let led: Led[] = [];
  const done: RequestRound[] = [];
  for (let n = 0; n < rounds; n++) {
    const round = {} as RequestRound;
    const order = ['approval', 'production', 'shape', 'raw'] as const;
    for (const kind of n % 2 === 0 ? order : (['raw', 'shape', 'approval', 'production'] as const)) await kinds[kind](round);
    done.push(round);
  }
  const sql = { rows: trace.flat().length / PER_ROUND, transactions: trace.length / PER_ROUND };
  return { perRound: PER_ROUND, rounds: done, histories, idle, sql };
}

async function approve(office: Office): Promise<Led[]> {
  const rows = office.people(PER_ROUND);
  const led: Led[] = [];
  await load(rows.length, AT_ONCE, async (n) => led.push(await office.approved(rows[n] as (typeof rows)[number])));
  return led;
}

async function produce(office: Office, led: Led[]): Promise<string[]> {
  const ids: string[] = [];
  await load(led.length, AT_ONCE, async (n) => ids.push((await office.produced(led[n] as Led)).id));
  return ids;
}

async function settled(knex: Knex): Promise<void> {
  await pause(SETTLE_MS);
  while (await knex('audit_outbox').first()) await pause(100);
}

async function phase(pids: Pids, work: () => Promise<unknown>): Promise<Phase> {
  const read = () => Object.entries(pids).map(([name, pid]) => [name, cpuSeconds([pid])] as const);
  const [before, started] = [new Map(read()), performance.now()];
  await work();
  const seconds = (performance.now() - started) / 1000;
  return { cpuMs: Object.fromEntries(read().map(([name, after]) => [name, (after - (before.get(name) ?? 0)) * 1000])), seconds };
}

const idleOf = ({ cpuMs, seconds }: Phase) => Object.fromEntries(Object.entries(cpuMs).map(([name, ms]) => [name, ms / seconds]));

const less = (idle: Record<string, number>, { cpuMs, seconds }: Phase): Phase => ({
  cpuMs: Object.fromEntries(Object.entries(cpuMs).map(([name, ms]) => [name, (ms - (idle[name] ?? 0) * seconds) / PER_ROUND])),
  seconds: seconds - SETTLE_MS / 1000,
});

/** CPU milliseconds of some processes for one request. */
export const costOf = ({ cpuMs }: Phase, ...names: (keyof Pids)[]): number => names.reduce((sum, name) => sum + (cpuMs[name] ?? 0), 0);
