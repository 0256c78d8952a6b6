import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from './process-identity.ts';
import { endProcess, endRecorded, removeRecord, writeRecord, type ProcessRecord } from './process-record.ts';
import { lastLines } from './run.ts';

/** One process to start. Its output goes to `log/<name>.log`. */
export interface ProcessSpec {
  name: string;
  /** Default: this Node. */
  file?: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** The user to run as, when this process is root. */
  owner?: { uid: number; gid: number } | undefined;
  stopSignal?: NodeJS.Signals;
  graceMs?: number;
}

/** A started process. `exited` settles when it is gone, with its exit code (null: killed by a signal). */
export interface RunningProcess {
  name: string;
  pid: number;
  exited: Promise<number | null>;
  /** The end of its log, for error messages. */
  logTail(lines?: number): string;
  stop(): Promise<void>;
}

/** One part of a stack that a supervisor may start again after it died. */
export interface Part {
  /** The process that runs now, or ran last. */
  readonly process: RunningProcess;
  /** Starts it again, with the same data and on the same ports; returns when it answers. */
  restart(): Promise<void>;
}

/** The processes of one stack. */
export interface Processes {
  start(spec: ProcessSpec): RunningProcess;
  /** Ends all of them, the newest first, and returns when none is left. None can be started afterwards. */
  stopAll(): Promise<void>;
}

/** Below the directory: the records of what runs. */
const RUN = 'run/processes';
const LOG_LIMIT = 10_000_000;

/**
 * Opens the processes of the directory (`run/` and `log/` below it): ends what an earlier owner left running, and starts a watchdog
 * that ends the new ones when this process dies without doing so, even by SIGKILL. Each runs in a group of its own, so that Ctrl-C
 * reaches only us and we end them in order.
 */
export async function openProcesses(dir: string): Promise<Processes> {
  const runDir = join(dir, RUN);
  await endRecorded(runDir);
  mkdirSync(runDir, { recursive: true });
  const watchdog = startWatchdog(runDir);
  let open = true;
  return {
    start(spec) {
      if (!open) throw new Error(`${spec.name} is not started: everything is being stopped.`);
      return startProcess(dir, spec);
    },
    async stopAll() {
      open = false;
      await endRecorded(runDir);
      await watchdog.release();
    },
  };
}

function startProcess(dir: string, spec: ProcessSpec): RunningProcess {
  const log = openLog(join(dir, 'log'), spec.name);
  const child = spawn(spec.file ?? process.execPath, spec.args, {
    cwd: spec.cwd,
    env: spec.env ?? process.env,
    ...spec.owner,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  closeSync(log.fd);
  const exited = exitOf(child);
  const record = recordOf(child, spec);
  if (record) writeRecord(join(dir, RUN), spec.name, record);
  return {
    name: spec.name,
    pid: child.pid ?? 0,
    exited,
    logTail: (lines = 12) => lastLines(readFileSync(log.file, 'utf8'), lines),
    async stop() {
      if (!record) return;
      await endProcess(record);
      removeRecord(join(dir, RUN), spec.name, record);
    },
  };
}

/** Undefined when it could not be started or is already gone: then there is nothing to end. */
function recordOf(child: ChildProcess, spec: ProcessSpec): ProcessRecord | undefined {
  const identity = child.pid ? identify(child.pid) : undefined;
  if (!identity) return undefined;
  return { pid: identity.pid, startedAt: identity.startedAt, stopSignal: spec.stopSignal ?? 'SIGTERM', graceMs: spec.graceMs ?? 10_000 };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });
}

/** One older log is kept. */
function openLog(dir: string, name: string): { file: string; fd: number } {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${name}.log`);
  if (existsSync(file) && statSync(file).size > LOG_LIMIT) renameSync(file, `${file}.1`);
  return { file, fd: openSync(file, 'a', 0o600) };
}

/** The watchdog reads from a pipe that only we hold: when it closes, we are gone. */
function startWatchdog(runDir: string): { release(): Promise<unknown> } {
  const watchdog = spawn(process.execPath, [join(import.meta.dirname, 'watchdog.ts'), runDir], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  const exited = exitOf(watchdog);
  return {
    // Killed, not told: it must not mistake the processes of the next start for ours.
    release: () => {
      watchdog.ref();
      watchdog.kill('SIGKILL');
      return exited;
    },
  };
}
