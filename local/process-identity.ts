import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A live process, told apart from a later one with the same pid by when it started. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** Who the process is now, or undefined when it is dead. A zombie is dead, although `kill(pid, 0)` says it lives. */
export function identify(pid: number): (ProcessIdentity & { name: string }) | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** Whether exactly this process still runs. */
export const isAlive = ({ pid, startedAt }: ProcessIdentity): boolean => identify(pid)?.startedAt === startedAt;

/** Waits until the process is gone; false when it is still there after `ms`. */
export async function waitForEnd(who: ProcessIdentity, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; isAlive(who); await delay(20)) if (Date.now() > end) return false;
  return true;
}

/** proc(5): pid (name) state ppid ...; the start time is field 22. The name may hold spaces and parentheses. */
function fromProc(pid: number) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, startedAt: fields[18] ?? '', name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')) };
}

function fromPs(pid: number) {
  const line = spawnSync('ps', ['-o', 'lstart=,stat=,comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  const [, startedAt, state, name] = /^(\S+ +\S+ +\S+ +\S+ +\S+) +(\S+) +(.+)$/.exec(line) ?? [];
  if (!startedAt || !name || state?.startsWith('Z')) return undefined;
  return { pid, startedAt, name: name.slice(name.lastIndexOf('/') + 1) };
}
