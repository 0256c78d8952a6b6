import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { root } from './paths.ts';
import { identify, waitForEnd } from './process-identity.ts';

const SCRIPT = 'console.log(process.pid); setInterval(() => {}, 1000);';
/** As npm does: starts the bootstrap and stays. */
const NPM = `
  const { spawn } = require('node:child_process');
  spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' });
  setInterval(() => {}, 1000);`;

test('a script ends when npm, which started it, is killed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'smartcms-bootstrap-'));
  writeFileSync(join(dir, 'script.mjs'), SCRIPT);
  const script = relative(root, join(dir, 'script.mjs'));
  const npm = spawn(process.execPath, ['-e', NPM, '--', join(root, 'local/bootstrap.mjs'), script], {
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => createInterface(npm.stdout).once('line', (line) => resolve(Number(line))));
  const started = identify(pid);
  npm.kill('SIGKILL');
  expect(started && (await waitForEnd(started, 10_000))).toBe(true);
  rmSync(dir, { recursive: true, force: true });
});
