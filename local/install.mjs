// `npm ci` when the lockfile changed since the last one, by one process at a time. Built-in modules only.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPkcs11 } from './native-module.mjs';
import { inTreeNode, modules, npmCommand, platform, root } from './toolchain.mjs';

const stampFile = modules('.installed');
const lockFile = join(root, '.install.lock');
const HEARTBEAT_MS = 1000;
const DEAD_MS = 10_000;

const stamp = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(platform)
    .digest('hex');
const isCurrent = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp();

/** Makes node_modules match the lockfile, native module included; returns at once when it does. */
export async function ensureInstalled() {
  if (isCurrent()) return;
  await takeLock();
  const heartbeat = setInterval(() => utimesSync(lockFile, new Date(), new Date()), HEARTBEAT_MS);
  try {
    if (!isCurrent()) await install();
  } finally {
    clearInterval(heartbeat);
    rmSync(lockFile, { force: true });
  }
}

async function install() {
  console.error('Installing dependencies (once, about a minute) ...');
  await npmCi();
  if (!inTreeNode()) throw new Error(`npm installed no Node 24 for ${platform}. Install Node 24 or later and try again.`);
  await buildPkcs11();
  writeFileSync(stampFile, stamp());
}

/** Install scripts stay off: nothing needs one, and the only native module is built by ourselves. */
async function npmCi() {
  const [file, ...cli] = npmCommand();
  const options = ['--include=dev', '--include=optional', '--ignore-scripts', '--engine-strict=false', '--no-audit', '--no-fund'];
  const shell = process.platform === 'win32' && !cli.length;
  const child = spawn(file, [...cli, 'ci', ...options, '--loglevel=error'], { cwd: root, stdio: 'inherit', shell });
  const code = await new Promise((resolve) => child.on('exit', resolve).on('error', resolve));
  if (code !== 0) throw new Error('npm ci failed: is the package registry reachable?');
}

/** The holder touches the lock every second; one untouched for ten is dead. (A pid proves nothing across containers.) */
async function takeLock() {
  for (let waiting = false; !tryLock(); waiting = true) {
    if (Date.now() - (statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > DEAD_MS) rmSync(lockFile, { force: true });
    else if (!waiting) console.error('Waiting for another installation ...');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function tryLock() {
  try {
    closeSync(openSync(lockFile, 'wx'));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}
