import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, waitForEnd, type ProcessIdentity } from './process-identity.ts';

/** A process that must not outlive the one that started it, as written to `<dir>/<name>.json`. */
export interface ProcessRecord extends ProcessIdentity {
  /** What makes it end in good order: SIGTERM, or SIGINT for PostgreSQL (which then does not wait for its clients). */
  stopSignal: NodeJS.Signals;
  graceMs: number;
}

/** Writes the record, so that a later start (or the watchdog) can end the process. */
export function writeRecord(dir: string, name: string, record: ProcessRecord): void {
  mkdirSync(dir, { recursive: true });
  const draft = join(dir, `${name}.draft`);
  writeFileSync(draft, JSON.stringify(record));
  renameSync(draft, join(dir, `${name}.json`));
}

/** Removes the record of this process; one that a later process of the same name has written stays. */
export function removeRecord(dir: string, name: string, record: ProcessRecord): void {
  const file = join(dir, `${name}.json`);
  if (existsSync(file) && read(file).pid === record.pid) rmSync(file, { force: true });
}

/** Ends every process recorded in the directory that still runs; the names of those that did. The newest goes first. */
export async function endRecorded(dir: string): Promise<string[]> {
  const ended: string[] = [];
  for (const { name, record } of records(dir)) {
    if (isAlive(record)) ended.push(name);
    await endProcess(record);
    removeRecord(dir, name, record);
  }
  return ended;
}

/** Asks the process to end and, after its grace, kills it with its whole group. */
export async function endProcess(record: ProcessRecord): Promise<void> {
  if (isAlive(record)) {
    signal(record.pid, record.stopSignal);
    await waitForEnd(record, record.graceMs);
  }
  // A leader that ended (or refused to) may leave children behind; their group has its pid. Another's pid is left alone.
  if (identify(record.pid) && !isAlive(record)) return;
  signal(-record.pid, 'SIGKILL');
  await waitForEnd(record, 5000);
}

function records(dir: string): { name: string; record: ProcessRecord }[] {
  return recordFiles(dir)
    .map((file) => ({ name: file.slice(0, -5), path: join(dir, file) }))
    .sort((a, b) => statSync(b.path).mtimeMs - statSync(a.path).mtimeMs)
    .flatMap(({ name, path }) => recordIn(name, path));
}

/** One that cannot be read (a disk that was full, a power cut) names no process: it is taken away. */
function recordIn(name: string, path: string): { name: string; record: ProcessRecord }[] {
  try {
    return [{ name, record: read(path) }];
  } catch {
    rmSync(path, { force: true });
    return [];
  }
}

const read = (path: string): ProcessRecord => JSON.parse(readFileSync(path, 'utf8')) as ProcessRecord;

function recordFiles(dir: string): string[] {
  try {
    return readdirSync(dir).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
