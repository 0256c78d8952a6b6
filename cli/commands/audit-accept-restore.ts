import type { Command } from 'commander';

import { UsageError } from '../usage-error.ts';

interface Options {
  reason: string;
}

const help = `
After a restore of only one of the databases, or of both to different moments, the relay stops: it cannot know a restore from a cut trail. This lets it go on. The break
stays visible for ever: an event with both ends and the reason is the next in the trail, and \`smartcms audit verify\` lists it. It prints the certificates that the trail
knows to be issued, held or revoked since, and the restored ledger does not. It needs what names both databases in the environment.

Exit status: 0 accepted, 1 not (the databases fit each other, or an event was changed), 2 wrong use.

Example:
  smartcms audit accept-restore --reason "disk of db1 lost, operations restored to 02:00, ticket 4711"`;

/** `smartcms audit accept-restore`: the way on for the trail after a restore. */
export function addAcceptRestore(audit: Command): void {
  audit
    .command('accept-restore')
    .description('Lets the audit trail go on after only one of the databases was restored.')
    .requiredOption('--reason <text>', 'why; it is kept in the trail', reasonOf)
    .addHelpText('after', help)
    .action(async ({ reason }: Options) => {
      // Loaded when needed: it brings the database driver along.
      const { acceptAuditRestore } = await import('../backups.ts');
      process.stdout.write(`${await acceptAuditRestore(process.env, reason)}\n`);
    });
}

function reasonOf(text: string): string {
  if (text.trim().length < 5) throw new UsageError('Give a reason that an auditor understands.');
  return text.trim();
}
