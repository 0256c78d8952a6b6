import { readFileSync } from 'node:fs';

import { readEnvironment } from '../connectors/environment/environment.ts';
import { acceptRestore } from '../db/audit/accept-restore.ts';
import { backup, type Told } from '../db/backup/backup.ts';
import { databaseNames, readManifest, type DatabaseName, type Manifest } from '../db/backup/manifest.ts';
import { restore } from '../db/backup/restore.ts';
import { openDatabase } from '../db/database.ts';
import type { Environment } from '../domain/configuration/read.ts';
import { table } from './terminal.ts';

const { version: release } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

const told: Told = ({ database, table, n, of }) => void process.stderr.write(`${database} ${n}/${of}: ${table}\n`);

function urlsOf(env: Environment): Record<DatabaseName, string> {
  const { DATABASE_URL, AUDIT_DATABASE_URL } = readEnvironment('backup', env);
  return { operations: DATABASE_URL, audit: AUDIT_DATABASE_URL };
}

/** Returns what to print. */
export async function saveDatabases(env: Environment, dir: string): Promise<string> {
  const manifest = await backup({ urls: urlsOf(env), dir, release, told });
  return `Saved both databases, as they were at ${manifest.takenAt}, in ${dir}: ${rowsOf(manifest, databaseNames)} rows.\nThe keys of the HSM are not in it: save them as its maker says.`;
}

/** Returns what to print. */
export async function restoreDatabases(
  env: Environment,
  { from, only }: { from: string; only: DatabaseName | undefined },
): Promise<string> {
  const urls = urlsOf(env);
  const { takenAt, databases, ...manifest } = await readManifest(from);
  const wanted = only ? [only] : databaseNames;
  for (const database of wanted) {
    await restore({ database, url: urls[database], dir: from, part: databases[database], takenAt, told });
  }
  const rows = rowsOf({ ...manifest, takenAt, databases }, wanted);
  return `Restored ${wanted.join(' and ')} as of ${takenAt}: ${rows} rows.\nNext: \`smartcms prepare\`, start every process, then \`smartcms reconcile --repair\`.`;
}

const rowsOf = ({ databases }: Manifest, names: readonly DatabaseName[]): number =>
  names.flatMap((name) => databases[name].tables).reduce((sum, { rows }) => sum + rows, 0);

/** Returns what to print. */
export async function acceptAuditRestore(env: Environment, reason: string): Promise<string> {
  const urls = urlsOf(env);
  const [operations, audit] = [openDatabase(urls.operations, { poolMax: 2 }), openDatabase(urls.audit, { poolMax: 2 })];
  try {
    const { known, found, lost } = await acceptRestore({ operations, audit, reason });
    const accepted = `Accepted: the operations database knew the trail up to event ${known}, the audit database has it up to event ${found}. It goes on there.`;
    if (lost.length === 0) return accepted;
    const lines = table(lost.map(({ certificate, was }) => [`  ${certificate}`, `${was} after the backup`]));
    return `${accepted}\nThe restored ledger does not know:\n${lines}`;
  } finally {
    await Promise.all([operations.destroy(), audit.destroy()]);
  }
}
