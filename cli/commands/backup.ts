import type { Command } from 'commander';

import { UsageError } from '../usage-error.ts';

interface Options {
  to: string;
}

const help = `
Writes both databases, as they are at one moment, to a directory that is new or empty: a file a table, and manifest.json last. Everybody goes on working
meanwhile. It needs what names both databases in the environment, with the owner of the tables, as \`smartcms prepare\` does.

NOT in it: the keys in the HSM, without which the certificates go on but nothing can be signed and no code be read: save them as the maker of the HSM
says (of SoftHSM: the directory of its tokens, and the file of the PIN). Temporal needs no backup: its workflows are rebuilt from the rows.
The directory holds personal data and encrypted codes: keep it as well as the databases.

Exit status: 0 the backup is whole, 1 it is not, 2 wrong use.

Example:
  smartcms backup --to /backup/2026-11-25`;

/** `smartcms backup`: both databases into a directory. */
export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('Saves both databases to a directory, while everything runs.')
    .requiredOption('--to <directory>', 'where to: a new or empty directory', directory)
    .addHelpText('after', help)
    .action(async ({ to }: Options) => {
      // Loaded when needed: it brings the database driver along.
      const { saveDatabases } = await import('../backups.ts');
      process.stdout.write(`${await saveDatabases(process.env, to)}\n`);
    });
}

export function directory(text: string): string {
  if (text.trim() === '') throw new UsageError('Name a directory.');
  return text;
}
