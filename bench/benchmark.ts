import type { Lab } from './lab.ts';

/** One question to the system, by the id that the goals have. */
export interface Benchmark {
  id: string;
  title: string;
  unit: string;
  /** What it should be, in words and as a limit. */
  aim: { text: string; atMost?: number; atLeast?: number };
  /** Measures. A benchmark that cannot be run says why instead. */
  run: ((context: BenchContext) => Promise<Measured>) | { notRun: string };
}

export interface Measured {
  /** The figure that the aim is about. */
  value: number;
  /** Everything that was read, for who wants to check. */
  raw: Record<string, unknown>;
  /** In a sentence, what else the run showed. */
  note?: string;
}

export interface BenchContext {
  /** Of every random choice. */
  seed: number;
  rounds: number;
  lab: Lab;
  /** Told what happens, a line each. */
  say: (line: string) => void;
}

/** What a run says of one benchmark; `value` and `met` are null when it was not run. */
export interface Result {
  id: string;
  title: string;
  unit: string;
  aim: string;
  value: number | null;
  met: boolean | null;
  /** Share of the machine's CPU that other processes used meanwhile; above a tenth, compare ratios only. */
  foreignCpu: number | null;
  note: string;
  raw: Record<string, unknown>;
}

export const meets = ({ atMost, atLeast }: Benchmark['aim'], value: number): boolean | null =>
  atMost === undefined && atLeast === undefined ? null : value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity);
