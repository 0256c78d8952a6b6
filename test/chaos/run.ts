import { join } from 'node:path';

import { inParallel } from '../../domain/in-parallel.ts';
import type { Part } from '../../local/processes.ts';
import type { Services } from '../../local/services.ts';
import { accounted, balanced } from './book.ts';
import { published } from './book-crl.ts';
import { inStep } from './book-processes.ts';
import type { Weather } from './client.ts';
import { until } from '../system/until.ts';
import { assembleCrew, type Crew } from './crew.ts';
import { direct } from './http.ts';
import { lookInside, type Inside } from './inside.ts';
import { endings, live, type Acknowledged, type Around } from './life.ts';
import { leaks } from './logs.ts';
import { openMailbox } from './mailbox.ts';
import { randomFrom } from './random.ts';
import { recoveries } from './recovery.ts';
import { settled } from './settled.ts';
import { inventSomebody, type Somebody } from './somebody.ts';
import { storm, type Storm } from './storm.ts';
import { audited, placeWitness, witnessed } from './witness.ts';

export interface Options {
  seed: number;
  cards: number;
  kills: number;
  /** Between two kills, on average. */
  meanMs: number;
  /** How often each part is killed afterwards, to see how long it is missed. */
  recoveries: number;
  say: (line: string) => void;
}

export interface Outcome {
  killed: Readonly<Record<string, number>>;
  /** Ends that nobody asked for. */
  ended: Readonly<Record<string, number>>;
  cards: number;
  /** Seconds from the kill of a part of the idle system to a request that was registered, taken up by its process and cancelled. */
  recovery: Readonly<Record<string, number[]>>;
  /** Calls that were sent again. */
  repeated: number;
  changes: number;
  seconds: number;
  /** Everything that is not as it must be. */
  wrong: string[];
}

const JOBS = 12;

/** Leads the cards through their lives while parts are killed, then reads the book. */
export async function runStorm(services: Services, dir: string, options: Options): Promise<Outcome> {
  const { seed, cards, kills, meanMs, say } = options;
  const started = performance.now();
  const inside = await lookInside(services);
  const weather: Weather = { repeated: [], defects: [] };
  const mailbox = openMailbox(join(dir, 'mail'));
  try {
    await placeWitness(inside.operations);
    const before = await ahead(inside);
    const through = direct(services.url);
    const around = { crew: await assembleCrew(through, weather), mailbox, through, weather };
    const people = Array.from({ length: cards }, (_, n) => inventSomebody(n, randomFrom(seed + 1000 + n)));
    const parts = partsOf(services);
    const blows = storm({ parts, random: randomFrom(seed), kills, meanMs, say });
    const { acknowledged, wrong } = await everybody(people, { ...around, blows, options });
    await blows.over;
    let probes = cards;
    const probe = async () => {
      const somebody = inventSomebody(probes++, randomFrom(seed + 1000 + probes));
      acknowledged.push(await live({ somebody, ending: 'cancelled', desk: around.crew.desks[0] as Crew['desks'][number] }, around));
    };
    const recovery = await recoveries(blows, { parts: Object.keys(parts), times: options.recoveries, probe });
    await blows.calm();
    say(`The storm is over after ${seconds(started)} s. Reading the book ...`);
    await settled(inside);
    wrong.push(...weather.defects, ...(await book({ services, inside, crew: around.crew, acknowledged, before })));
    wrong.push(...leaks(dir, people.flatMap(secretsOf)));
    const changes = Object.values(await witnessed(inside.operations)).reduce((sum, n) => sum + n, 0);
    return {
      killed: blows.killed,
      ended: blows.ended,
      recovery,
      cards,
      repeated: weather.repeated.length,
      changes,
      seconds: seconds(started),
      wrong,
    };
  } finally {
    await mailbox.close();
    await inside.close();
  }
}

/** All that can be killed. */
const partsOf = (services: Services): Record<string, Part> => ({
  ...Object.fromEntries((['api', 'worker', 'validation'] as const).map((name) => [name, partOf(services, name)])),
  ...services.servers,
});

const partOf = (services: Services, name: keyof Services['processes']): Part => ({
  get process() {
    return services.processes[name];
  },
  restart: () => services.restart(name),
});

const seconds = (since: number): number => Math.round((performance.now() - since) / 1000);
const secretsOf = ({ pin, password, holder }: Somebody): string[] => [pin, password, holder.taxCode];

/** Audit events by table and operation that the witness did not see, as it came later. */
async function ahead({ operations, audit }: Inside): Promise<Record<string, number>> {
  const all = await audited(operations, audit);
  const seen = await witnessed(operations);
  return Object.fromEntries(Object.entries(all).map(([name, n]) => [name, n - (seen[name] ?? 0)]));
}

interface Lives extends Around {
  blows: Storm;
  options: Options;
}

/** Cards begin as the kills go on, so that none is made in calm weather only. */
async function everybody(people: readonly Somebody[], { blows, options, ...around }: Lives) {
  const acknowledged: Acknowledged[] = [];
  const wrong: string[] = [];
  const random = randomFrom(options.seed + 1);
  const lives = people.map((somebody, n) => {
    const ending = n < endings.length ? (endings[n]?.[0] ?? 'produced') : random.pick(endings);
    return { somebody, ending, desk: around.crew.desks[n % around.crew.desks.length] as Crew['desks'][number] };
  });
  await inParallel(lives, { jobs: JOBS }, async (life) => {
    const due = Math.floor(((life.somebody.n - JOBS) * options.kills) / people.length);
    await until(`kill ${due}`, async () => blows.total >= due, 600_000);
    try {
      acknowledged.push(await live(life, around));
      if (acknowledged.length % 10 === 0) options.say(`${acknowledged.length} cards, ${blows.total} kills`);
    } catch (error) {
      wrong.push(`card ${life.somebody.n} (${life.ending}): ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return { acknowledged, wrong };
}

interface Book {
  services: Services;
  inside: Inside;
  crew: Crew;
  acknowledged: readonly Acknowledged[];
  before: Readonly<Record<string, number>>;
}

/** Everything that does not balance. */
async function book({ services, inside, crew, acknowledged, before }: Book): Promise<string[]> {
  const { operations, client } = inside;
  return [
    ...(await accounted(operations, acknowledged)),
    ...(await balanced(operations)),
    ...(await inStep(operations, client)),
    ...(await published(operations, services.validationUrl)),
    ...(await auditDeviations(inside, crew, before)),
  ];
}

async function auditDeviations(
  { operations, audit }: Inside,
  { auditor }: Crew,
  before: Readonly<Record<string, number>>,
): Promise<string[]> {
  const told = await audited(operations, audit);
  const seen = await witnessed(operations);
  const names = [...new Set([...Object.keys(told), ...Object.keys(seen)])];
  const wrong = names
    .map((name) => ({ name, events: (told[name] ?? 0) - (before[name] ?? 0), changes: seen[name] ?? 0 }))
    .filter(({ events, changes }) => events !== changes)
    .map(({ name, events, changes }) => `${changes} changes (${name}) have ${events} audit events`);
  const { ok, firstWrong } = await auditor.get<{ ok: boolean; firstWrong: unknown }>('/audit/verification');
  return ok ? wrong : [...wrong, `the audit chain does not verify: ${JSON.stringify(firstWrong)}`];
}
