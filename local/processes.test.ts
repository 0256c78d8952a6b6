import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify, isAlive, waitForEnd } from './process-identity.ts';
import { endRecorded, writeRecord } from './process-record.ts';
import { openProcesses } from './processes.ts';

const FOREVER = 'setInterval(() => {}, 1000)';
const STUBBORN = `process.on('SIGTERM', () => {}); process.stdout.write('up'); ${FOREVER}`;
/** Starts two processes in the directory, prints their pids and waits. */
const OWNER = `
  const { openProcesses } = await import(${JSON.stringify(join(import.meta.dirname, 'processes.ts'))});
  const processes = await openProcesses(process.argv[1]);
  const pids = ['a', 'b'].map((name) => processes.start({ name, args: ['-e', ${JSON.stringify(FOREVER)}] }).pid);
  console.log(JSON.stringify(pids));`;

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'smartcms-processes-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const logOf = (name: string) => readFileSync(join(dir, 'log', `${name}.log`), 'utf8');

test('output goes to the log, and the exit is told', async () => {
  const processes = await openProcesses(dir);
  const job = processes.start({ name: 'job', args: ['-e', 'console.log("one"); console.error("two"); process.exit(3)'] });
  expect(await job.exited).toBe(3);
  expect(logOf('job')).toBe('one\ntwo\n');
  expect(job.logTail(1)).toBe('two');
  await processes.stopAll();
});

test('a program that does not exist ends at once', async () => {
  const processes = await openProcesses(dir);
  expect(await processes.start({ name: 'none', file: join(dir, 'no-such-file'), args: [] }).exited).toBeNull();
  await processes.stopAll();
});

test('stopping ends the whole group, also of a process that ignores the signal', async () => {
  const processes = await openProcesses(dir);
  const parent = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(FOREVER)}]); console.log(c.pid); ${STUBBORN}`;
  const job = processes.start({ name: 'job', args: ['-e', parent], graceMs: 200 });
  await expect.poll(() => logOf('job')).toMatch(/\d+\nup/);
  const child = identify(Number.parseInt(logOf('job')));
  await processes.stopAll();
  expect(identify(job.pid)).toBeUndefined();
  expect(child && (await waitForEnd(child, 5000))).toBe(true);
  expect(readdirSync(join(dir, 'run/processes'))).toEqual([]);
});

test('when the owner is killed, its processes end too', async () => {
  const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pids = await new Promise<number[]>((resolve) => {
    createInterface(owner.stdout).once('line', (line) => resolve(JSON.parse(line) as number[]));
  });
  const started = pids.map((pid) => identify(pid));
  owner.kill('SIGKILL');
  for (const who of started) expect(who && (await waitForEnd(who, 10_000))).toBe(true);
});

test('the next start ends what an earlier owner left, and nothing that only has its pid', async () => {
  const [left, other] = [0, 1].map(() => spawn(process.execPath, ['-e', FOREVER], { detached: true, stdio: 'ignore' }));
  const [leftId, otherId] = [identify(left?.pid ?? 0), identify(other?.pid ?? 0)];
  if (!leftId || !otherId) throw new Error('not started');
  writeRecord(join(dir, 'run/processes'), 'left', { ...leftId, stopSignal: 'SIGTERM', graceMs: 1000 });
  writeRecord(join(dir, 'run/processes'), 'other', { ...otherId, startedAt: 'another time', stopSignal: 'SIGTERM', graceMs: 1000 });
  expect(await endRecorded(join(dir, 'run/processes'))).toEqual(['left']);
  expect(identify(leftId.pid)).toBeUndefined();
  expect(isAlive(otherId)).toBe(true);
  other?.kill('SIGKILL');
});

test('a record that a crash cut short or made unreadable is taken away', async () => {
  writeRecord(join(dir, 'run/processes'), 'x', { pid: 999_999_999, startedAt: '1', stopSignal: 'SIGTERM', graceMs: 1 });
  for (const name of ['y.draft', 'z.json']) writeFileSync(join(dir, 'run/processes', name), '{"pid":');
  expect(await endRecorded(join(dir, 'run/processes'))).toEqual([]);
  expect(readdirSync(join(dir, 'run/processes'))).toEqual(['y.draft']);
});
