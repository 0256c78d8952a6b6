import { createHash } from 'node:crypto';
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endProcess } from './process-record.ts';
import { identify } from './process-identity.ts';
import { postgresEnv, postgresMajor } from './postgres-binaries.ts';
import { must, run } from './run.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

/** The data directory itself, or its stand-in below /var/tmp when PostgreSQL's user cannot enter where it lies. */
export async function reachableDataDir(dataDir: string): Promise<string> {
  mkdirSync(dirname(dataDir), { recursive: true });
  if (!unprivilegedUser) return dataDir;
  const enters = await run('test', ['-x', dirname(dataDir)], { cwd: '/', ...unprivilegedUser });
  return enters.code === 0 ? dataDir : standIn(dataDir);
}

/** Where the data are kept instead: one place for each data directory, so that the next start finds them again. */
export function standIn(dataDir: string): string {
  const home = `/var/tmp/smartcms-data-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const { uid } = lstatSync(home);
  if (uid !== process.getuid?.()) throw new Error(`${home} belongs to another user. Remove it and try again.`);
  return join(home, 'postgres');
}

/** Makes the cluster unless it exists: in a directory beside it that is renamed when whole, so that a crash leaves nothing half made. */
export async function ensureCluster(bin: string, dataDir: string, password: string): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return checkMajor(bin, dataDir);
  const draft = `${dataDir}.init`;
  rmSync(draft, { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
  makeOwnDir(draft);
  const passwordFile = `${draft}-password`;
  await withPasswordFile(passwordFile, password, () => initdb(bin, draft, passwordFile));
  renameSync(draft, dataDir);
}

async function checkMajor(bin: string, dataDir: string): Promise<void> {
  const [data, binaries] = [readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim(), await postgresMajor(bin)];
  if (data === binaries) return;
  throw new Error(
    `${dataDir} was made by PostgreSQL ${data}, this is ${binaries}. Set PG_BIN to that version, or forget the data: npm run reset`,
  );
}

async function initdb(bin: string, dataDir: string, passwordFile: string): Promise<void> {
  const auth = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const args = ['-D', dataDir, '-N', '-E', 'UTF8', '--locale=C.UTF-8', ...auth];
  await must(join(bin, 'initdb'), args, { cwd: '/', env: postgresEnv, ...unprivilegedUser });
}

/** initdb reads the password from a file, which its user must own. Beside the data: what a crash leaves, the next start takes away. */
async function withPasswordFile(file: string, password: string, work: () => Promise<void>): Promise<void> {
  writeFileSync(file, password, { mode: 0o600 });
  if (unprivilegedUser) chownSync(file, unprivilegedUser.uid, unprivilegedUser.gid);
  await work().finally(() => rmSync(file, { force: true }));
}

function makeOwnDir(dir: string): void {
  mkdirSync(dir, { mode: 0o700 });
  if (unprivilegedUser) chownSync(dir, unprivilegedUser.uid, unprivilegedUser.gid);
}

/** What postmaster.pid says: the pid on line 1, the port on line 4, `ready` on line 8 once connections are taken. */
export function postmaster(dataDir: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/**
 * Ends a server that still runs on these data (its owner was killed), and removes the pid file of a dead one. PostgreSQL itself takes a
 * zombie, or another process that has the pid since the machine restarted, for a running server and would refuse to start.
 */
export async function endLeftover(dataDir: string): Promise<void> {
  const found = postmaster(dataDir);
  if (!found) return;
  const process = identify(found.pid);
  if (process?.name === 'postgres') await endProcess({ ...process, stopSignal: 'SIGINT', graceMs: 20_000 });
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}
