import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { errorCodeOf, type ErrorCode } from '../../domain/errors.ts';
import { randomFrom, type Random } from './random.ts';

/** A parser under test. */
export interface Target<T = unknown> {
  name: string;
  /** What is tried: new each time. */
  make(random: Random): T;
  /** Parses one input; throws what it refuses. */
  parse(input: T): unknown;
  /** The only failures that are expected, by their code or the name of their class. */
  refusals: readonly (ErrorCode | 'UsageError')[];
  /** An independent opinion on what was accepted: throws if that should not have been. */
  judge?(input: T, parsed: never): unknown;
  /** Of how many inputs the long form tries one, where each costs milliseconds. */
  share?: number;
  /** CPU time that an input may take; 100 ms unless said otherwise. */
  limitMs?: number;
}

export interface Outcome {
  name: string;
  inputs: number;
  accepted: number;
  /** CPU milliseconds of the slowest input. */
  slowestMs: number;
  /** Growth of the heap and of buffers after collection, from the first quarter to the end. */
  grownMb: number;
}

export interface Run {
  seed: number;
  inputs: number;
  onProgress?: (done: number) => void;
}

const LIMIT_MS = 100;
const LIMIT_MB = 50;

/** Tries a target; throws what is wrong, with the input that shows it. */
export async function fuzz(target: Target, { seed, inputs, onProgress = () => {} }: Run): Promise<Outcome> {
  const random = randomFrom(seed, target.name);
  const outcome: Outcome = { name: target.name, inputs, accepted: 0, slowestMs: 0, grownMb: 0 };
  const limit = target.limitMs ?? LIMIT_MS;
  let before = 0;
  for (let i = 0; i < inputs; i++) {
    if (i === Math.floor(inputs / 4)) before = retained();
    const input = target.make(random);
    const { ms, accepted } = await timed(target, input);
    if (ms > limit && (await fastest(target, input)) > limit) throw found(target, input, `takes more than ${limit} ms of CPU time`);
    outcome.slowestMs = Math.max(outcome.slowestMs, Math.min(ms, limit));
    outcome.accepted += Number(accepted);
    // What is left for the next turn of the event loop, as streams do, would pile up.
    if (i % 100 === 99) await setImmediate();
    if (i % 5_000 === 4_999) onProgress(i + 1);
  }
  outcome.grownMb = Math.max(0, (retained() - before) / 2 ** 20);
  if (outcome.grownMb > LIMIT_MB) throw new Error(`${target.name}: memory grew by ${outcome.grownMb.toFixed(0)} MB over ${inputs} inputs`);
  return outcome;
}

/** A slow input may have met a collection or a busy machine: what is slow in itself is slow each time. */
async function fastest(target: Target, input: unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push((await timed(target, input)).ms);
  return Math.min(...times);
}

async function timed(target: Target, input: unknown): Promise<{ ms: number; accepted: boolean }> {
  const before = process.cpuUsage();
  const parsed = await attempt(target, input);
  const { user, system } = process.cpuUsage(before);
  if (parsed.accepted) await Promise.resolve(parsed.value).then((value) => judged(target, input, value as never));
  return { ms: (user + system) / 1000, accepted: parsed.accepted };
}

async function attempt(target: Target, input: unknown): Promise<{ accepted: boolean; value?: unknown }> {
  try {
    return { accepted: true, value: await target.parse(input) };
  } catch (error) {
    const name = errorCodeOf(error) ?? (error instanceof Error ? error.name : typeof error);
    if ((target.refusals as readonly string[]).includes(name)) return { accepted: false };
    throw found(target, input, `is refused with ${name}`, error);
  }
}

async function judged(target: Target, input: unknown, value: never): Promise<void> {
  try {
    await target.judge?.(input, value);
  } catch (error) {
    throw found(target, input, 'is accepted and should not be', error);
  }
}

function found({ name }: Target, input: unknown, what: string, cause?: unknown): Error {
  const shown = Buffer.isBuffer(input) ? input.toString('hex') : JSON.stringify(input);
  return new Error(`${name}: this input ${what}: ${cause instanceof Error ? cause.message : ''}\n${shown}`, { cause });
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function retained(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
