import type { Command } from 'commander';

import { apiClient } from '../api-client.ts';
import type { AuditVerification, Meta } from '../api-types.ts';
import { withConnection } from '../connection.ts';
import { operatorOf } from '../operator.ts';
import { plain, safeJson } from '../terminal.ts';
import { exitStatus } from '../usage-error.ts';
import { addAcceptRestore } from './audit-accept-restore.ts';

interface Options {
  url?: string;
  as?: string;
  json?: true;
}

const help = `
Recomputes the chain over every audit event, checks every seal with the key of the HSM, and compares the end with what the operations
database remembers, so that a cut tail is found as well. The password comes from SMARTCMS_PASSWORD, or is asked for. A demonstration
installation offers its audit officer when none is named.

Exit status: 0 nothing was changed, removed or put in; 1 something was (the first wrong event is named); 2 wrong use.

Examples:
  smartcms audit verify
  smartcms audit verify --as ao@aurelia.example --json`;

/** `smartcms audit verify`: proves the audit trail, or names its first wrong event. */
export function addAudit(program: Command): void {
  const audit = program.command('audit').description('The audit trail.');
  addAcceptRestore(audit);
  audit
    .command('verify')
    .description('Checks that no audit event was changed, removed or put in.')
    .option('--as <login>', 'audit officer to sign in as')
    .option('--json', 'print JSON')
    .option('--url <address>', 'address of smartCMS')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      process.exitCode = await verify(options);
    });
}

const verify = (options: Options): Promise<number> =>
  withConnection(options.url, async ({ url }) => {
    const meta = await apiClient({ url }).get<Meta>('/meta');
    const { client } = await operatorOf({ url, meta, login: options.as, role: 'AO' });
    const found = await client.get<AuditVerification>('/audit/verification');
    process.stdout.write(`${options.json ? safeJson(found) : printed(found)}\n`);
    return found.ok ? exitStatus.done : exitStatus.refused;
  });

function printed({ ok, events, seals, head, firstWrong, restores }: AuditVerification): string {
  const size = `${events} events under ${seals} seals, up to event ${head?.seq ?? 0} (${head?.hash ?? 'empty'})`;
  if (ok) return [`The audit trail holds: ${size}.`, ...restores.map(restoreLine)].join('\n');
  return `The audit trail does NOT hold: ${size}.\nFirst wrong: event ${firstWrong?.seq ?? '?'}: ${plain(firstWrong?.reason ?? 'no reason given')}`;
}

const restoreLine = ({ seq, at, known, found, reason }: AuditVerification['restores'][number]): string =>
  `Event ${seq} (${at}): a restore was accepted; known up to event ${known}, found up to event ${found}: ${plain(reason)}`;
