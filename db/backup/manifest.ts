import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

import { failure } from '../../domain/errors.ts';

export const databaseNames = ['operations', 'audit'] as const;
export type DatabaseName = (typeof databaseNames)[number];

const name = z.string().regex(/^[a-z0-9_]{1,63}$/);
const Table = z.strictObject({ name, columns: z.array(name).min(1), rows: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const Part = z.strictObject({
  /** File names of the migrations that had run. */
  migrations: z.array(z.string()),
  /** The last value that each sequence gave. */
  sequences: z.record(name, z.int()),
  tables: z.array(Table),
});
const Manifest = z.strictObject({
  format: z.literal(1),
  release: z.string(),
  takenAt: z.iso.datetime(),
  databases: z.strictObject({ operations: Part, audit: Part }),
});
export type BackupTable = z.infer<typeof Table>;
export type BackupPart = z.infer<typeof Part>;
/** What a backup holds. It is written last: a directory without it is no backup. */
export type Manifest = z.infer<typeof Manifest>;

const manifestOf = (dir: string): string => join(dir, 'manifest.json');

/** Where the rows of a table are. */
export const tableFile = (dir: string, database: DatabaseName, table: string): string => join(dir, database, `${table}.copy.gz`);

/** Makes the directory, for its owner only. Throws when there is something in it. */
export async function makeBackupDir(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if ((await readdir(dir)).length > 0)
    throw failure('wrong_state', `There is something in ${dir}. Name a directory that is empty or not there yet.`);
  for (const database of databaseNames) await mkdir(join(dir, database), { mode: 0o700 });
}

export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  const file = await open(`${manifestOf(dir)}.new`, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${manifestOf(dir)}.new`, manifestOf(dir));
}

export async function readManifest(dir: string): Promise<Manifest> {
  const text = await readFile(manifestOf(dir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw failure('not_found', `There is no whole backup in ${dir}: manifest.json cannot be read (${error.code ?? error.name}).`);
  });
  try {
    return Manifest.parse(JSON.parse(text));
  } catch {
    throw failure('wrong_state', `The manifest in ${dir} is damaged, or of a release that this one does not know. Use another backup.`);
  }
}
