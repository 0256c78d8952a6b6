// Entry of every npm script: installs when the lockfile changed, then runs the given file on the in-tree Node.
// This file and what it imports run on any Node >= 18 with built-in modules only.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { inTreeNode, root } from './toolchain.mjs';

/** Runs a file of this checkout (path relative to its root) on the in-tree Node, in the caller's working directory. */
export async function bootstrap(script, args) {
  endWithNpm();
  await ensureInstalled().catch((error) => fail(error.message));
  const node =
    inTreeNode() ?? fail(`No Node 24 for ${process.platform}-${process.arch} is installed. Install Node 24 or later and try again.`);
  if (process.execPath === node) return runHere(join(root, script), args);
  return runOn(node, [join(root, 'local/bootstrap.mjs'), script, ...args]);
}

const WATCH_MS = 1000;

/** Who kills npm (SIGKILL cannot be passed on) wants this to end as well: it is asked to, as by Ctrl-C. Without npm, nobody is watched. */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, WATCH_MS);
  timer.unref();
}

async function runHere(file, args) {
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}

function runOn(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

const [, called, script, ...args] = process.argv;
if (called && pathToFileURL(realpathSync(called)).href === import.meta.url) await bootstrap(script, args);
