import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';

import { addAudit } from './commands/audit-verify.ts';
import { addBackup } from './commands/backup.ts';
import { addConfig } from './commands/config-check.ts';
import { addCreateAdministrator } from './commands/create-administrator.ts';
import { addIssue } from './commands/issue.ts';
import { addKeys } from './commands/keys-rotate.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addOperators } from './commands/operators-import.ts';
import { addPrepare } from './commands/prepare.ts';
import { addRestore } from './commands/restore.ts';
import { addStatus } from './commands/status.ts';
import { plain } from './terminal.ts';
import { exitStatus, UsageError } from './usage-error.ts';

const help = `
Exit status: 0 all done, 1 not all of it (refused rows, an audit trail that does not hold, a part that is down), 2 wrong use.

Where is smartCMS? The address is --url, else SMARTCMS_URL, else the one that \`npm start\` runs here; if none runs, the embedded one is
started for the command and stopped after it.

Examples:
  smartcms issue examples/people.csv      a card for everybody in a file
  smartcms status                         what runs, what waits and since when
  smartcms audit verify                   was anything changed, removed or put in?
  smartcms keys rotate payload            the next key that data are encrypted with
  smartcms reconcile                      do database, workflows and CA agree?
  smartcms operators import people.csv    officers with their roles, from a file
  smartcms config check                   is the environment complete, does every part answer?
  smartcms prepare                        databases and keys for this release (production)
  smartcms backup --to /backup/monday     both databases, as they are at this moment
  smartcms restore --from /backup/monday  into new, empty databases
  smartcms issue --help                   the columns of the file`;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** The whole command line. */
function program(): Command {
  const smartcms = new Command('smartcms')
    .description('smartCMS on the command line: cards and certificates, from registration to the last revocation.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help explains the use)')
    .addHelpText('after', help);
  for (const add of [
    addIssue,
    addStatus,
    addAudit,
    addKeys,
    addReconcile,
    addOperators,
    addConfig,
    addPrepare,
    addBackup,
    addRestore,
    addCreateAdministrator,
  ])
    add(smartcms);
  return smartcms;
}

/** Commander has printed its message already; of ours only the sentence is shown. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.wrongUse;
  const known = error instanceof UsageError || ['ApiError', 'ApplicationFailure', 'ConfigurationError'].includes((error as Error).name);
  process.stderr.write(
    `${known ? (error as Error).message.split('\n').map(plain).join('\n') : ((error as Error).stack ?? String(error))}\n`,
  );
  return error instanceof UsageError ? exitStatus.wrongUse : exitStatus.refused;
}

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}
