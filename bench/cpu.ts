import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc (USER_HZ; 100 on every Linux that Node runs on). */
const TICKS = 100;

interface ProcessTime {
  pid: number;
  parent: number;
  /** CPU seconds of the process and of its children that have ended. */
  seconds: number;
}

/**
 * CPU seconds (user and system) that these processes and all below them have used since they began: PostgreSQL works in a process for each
 * connection, and what ended counts at its parent. A difference of two readings is the cost of what happened in between.
 */
export function cpuSeconds(roots: readonly number[]): number {
  const all = processTimes();
  const children = Map.groupBy(all, (p) => p.parent);
  const sum = (process: ProcessTime): number =>
    process.seconds + (children.get(process.pid) ?? []).reduce((seconds, child) => seconds + sum(child), 0);
  return all.filter((p) => roots.includes(p.pid)).reduce((seconds, root) => seconds + sum(root), 0);
}

/** CPU seconds of the whole machine, to tell how much of it others used. */
export function machineSeconds(): number {
  const [, user, nice, system, , , irq, soft] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).map(Number);
  return ((user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (soft ?? 0)) / TICKS;
}

/** Resident memory of a process, MB. */
export function residentMb(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return (pages * 4096) / 1e6;
}

function processTimes(): ProcessTime[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => timeOf(Number(name)) ?? []);
}

/** Undefined when it ended meanwhile. Its name may hold blanks and brackets: the fields follow the last bracket (proc(5)). */
function timeOf(pid: number): ProcessTime | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime, stime, cutime, cstime] = fields.slice(11, 15) as [number, number, number, number];
    return { pid, parent: fields[1] ?? 0, seconds: (utime + stime + cutime + cstime) / TICKS };
  } catch {
    return undefined;
  }
}
