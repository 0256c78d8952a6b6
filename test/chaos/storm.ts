import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { Part } from '../../local/processes.ts';
import type { Random } from './random.ts';

export interface StormOptions {
  parts: Readonly<Record<string, Part>>;
  random: Random;
  kills: number;
  /** Between two kills, on average. */
  meanMs: number;
  say: (line: string) => void;
}

export interface Storm {
  /** Kills so far, by part. */
  readonly killed: Readonly<Record<string, number>>;
  readonly total: number;
  /** Ends that nobody asked for: a part gave up when another was gone, and was started again. */
  readonly ended: Readonly<Record<string, number>>;
  /** Settles after the last kill. */
  readonly over: Promise<void>;
  /** Kills one part now; false when it is dead already. */
  hit(name: string): boolean;
  /** Waits for the last kill, then until every part is up again, and takes the supervisor away. */
  calm(): Promise<void>;
}

/** How long a supervisor waits before it starts a part again. */
const SUPERVISOR_MS = 200;
const FIRST_MS = 300;

/** Kills parts at random moments, whatever they are doing, and starts whatever ends again, as a supervisor does (docker: `restart: always`). */
export function storm({ parts, random, kills, meanMs, say }: StormOptions): Storm {
  const killed: Record<string, number> = {};
  const ended: Record<string, number> = {};
  const struck = new Set<number>();
  let total = 0;
  let calm = false;
  const up = new Map<string, Promise<void>>();

  const supervise = async (name: string, part: Part): Promise<void> => {
    for (;;) {
      const { pid, exited } = part.process;
      await exited;
      if (calm) return;
      if (!struck.has(pid)) ended[name] = (ended[name] ?? 0) + 1;
      await delay(SUPERVISOR_MS);
      const restarted = part.restart().catch((error: unknown) => say(`${name} died while it started: ${String(error).split('\n')[0]}`));
      up.set(name, restarted);
      await restarted;
    }
  };
  for (const [name, part] of Object.entries(parts)) void supervise(name, part);

  const hit = (name: string): boolean => {
    const pid = parts[name]?.process.pid ?? 0;
    if (struck.has(pid) || !killTree(pid)) return false;
    struck.add(pid);
    return true;
  };
  const strike = async (): Promise<void> => {
    while (total < kills) {
      await delay(FIRST_MS + random.pause(meanMs));
      const name = random.pick(Object.keys(parts).map((part) => [part, 1] as const));
      if (!hit(name)) continue;
      killed[name] = (killed[name] ?? 0) + 1;
      total += 1;
      say(`kill ${total}: ${name}`);
    }
  };
  const over = strike();
  return {
    killed,
    ended,
    over,
    hit,
    get total() {
      return total;
    },
    async calm() {
      await over;
      while ([...Object.values(parts)].some(({ process }) => struck.has(process.pid))) await delay(100);
      calm = true;
      await Promise.all(up.values());
    },
  };
}

/** The process and its children, the parent first so that it cannot react. False when it is gone already. */
export function killTree(pid: number): boolean {
  const children = childrenOf(pid);
  const hit = kill(pid);
  for (const child of children) kill(child);
  return hit;
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** From /proc/<pid>/stat, whose fourth field (after the name in brackets) is the parent. */
function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((name) => parentOf(name) === pid).map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
