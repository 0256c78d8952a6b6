// pkcs11js has no prebuilt binary: it is compiled here with npm's own node-gyp. Built-in modules only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { gypArgs, gypEnv, inTreeNode, modules, npmCommand } from './toolchain.mjs';

const COMPILER = ['python3', 'make', 'g++'];
const HINT = 'pkcs11js needs python3, make and g++ to be built. Install them (Debian: apt-get install python3 make g++) and try again.';

/** Builds pkcs11js for the in-tree Node unless it already loads there. Throws one line that says what is missing. */
export async function buildPkcs11() {
  if (loads()) return;
  ensureCompiler();
  const { code, output } = await run(inTreeNode(), [nodeGyp(), 'rebuild', ...gypArgs()], { cwd: modules('pkcs11js'), env: gypEnv() });
  if (code === 0 && loads()) return;
  const reason = output.split('\n').filter((line) => /ERR! (stack|find)|error:/.test(line));
  throw new Error(`pkcs11js could not be built. ${HINT}\n${reason.slice(0, 4).join('\n')}`);
}

const loads = () => spawnSync(inTreeNode(), ['-e', `require(${JSON.stringify(modules('pkcs11js'))})`], { stdio: 'ignore' }).status === 0;

/** As root the compiler is installed; an ordinary user is told. */
function ensureCompiler() {
  if (COMPILER.every(onPath)) return;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) throw new Error(HINT);
  console.error('Installing a compiler (once) ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  let said = '';
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...COMPILER]]) {
    said =
      spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      }).stderr ?? '';
  }
  if (!COMPILER.every(onPath)) throw new Error(`${HINT}\n${said.trim()}`);
}

const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, name)));

/** node-gyp comes with npm: beside the running npm, or beside the `npm` on the PATH. */
function nodeGyp() {
  const [, cli] = npmCommand();
  const npmRoot = cli ? dirname(dirname(cli)) : join(spawnSync('npm', ['root', '-g'], { encoding: 'utf8' }).stdout?.trim() ?? '', 'npm');
  const file = join(npmRoot, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  if (!existsSync(file)) throw new Error(`npm at ${npmRoot} brings no node-gyp. Install npm from nodejs.org and try again.`);
  return file;
}

function run(file, args, options) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}
