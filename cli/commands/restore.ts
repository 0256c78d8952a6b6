import { Option, type Command } from 'commander';

import { directory } from './backup.ts';

interface Options {
  from: string;
  only?: 'operations' | 'audit';
}

const help = `
Puts a backup of \`smartcms backup\` into new, empty databases and brings them to this release. Stop every process first, and start none unless this ends with
status 0. It needs what names both databases in the environment, with the owner of the tables. Nobody is signed in afterwards. Numbers of requests
and CRLs go on with a gap, so that none is given twice.

Then: put the keys of the HSM back, run \`smartcms prepare\`, start every process (Temporal may be empty), run \`smartcms reconcile --repair\` and, when it has
ended, once more: it must say that nothing differs.

Exit status: 0 restored, 1 not (a database has rows, or the backup is damaged), 2 wrong use.

Examples:
  smartcms restore --from /backup/2026-11-25
  smartcms restore --from /backup/2026-11-25 --only operations`;

/** `smartcms restore`: a backup into empty databases. */
export function addRestore(program: Command): void {
  program
    .command('restore')
    .description('Puts a backup into new, empty databases.')
    .requiredOption('--from <directory>', 'a directory that `smartcms backup` wrote', directory)
    .addOption(new Option('--only <database>', 'only one of the two, where the other is whole').choices(['operations', 'audit']))
    .addHelpText('after', help)
    .action(async ({ from, only }: Options) => {
      // Loaded when needed: it brings the database driver along.
      const { restoreDatabases } = await import('../backups.ts');
      process.stdout.write(`${await restoreDatabases(process.env, { from, only })}\n`);
    });
}
