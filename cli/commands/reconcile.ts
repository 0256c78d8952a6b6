import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';

import { apiClient, type ApiClient } from '../api-client.ts';
import type { Finding, Meta, ReconciliationReport } from '../api-types.ts';
import { withConnection } from '../connection.ts';
import { operatorOf } from '../operator.ts';
import { safeJson, table } from '../terminal.ts';
import { exitStatus } from '../usage-error.ts';

interface Options {
  url?: string;
  as?: string;
  repair?: true;
  quick?: true;
  json?: true;
}

const help = `
Compares every open row with its workflow, and the certificates with the ledger of the embedded CA, and says what differs. What it names was
seen twice, some seconds apart: it is no step that was only under way. With --repair a workflow that is missing, was terminated, or knows
something else than the row is begun again from the row, which is the truth; the ledger is never changed. Run it after a restore of
PostgreSQL or of Temporal, or after somebody terminated workflows. It may run beside all other work, and again at any time. The password
comes from SMARTCMS_PASSWORD, or is asked for. A demonstration installation offers its system administrator when none is named.

Exit status: 0 nothing differs, or all of it was repaired; 1 something differs still; 2 wrong use.

Examples:
  smartcms reconcile
  smartcms reconcile --repair --json
  smartcms reconcile --quick`;

/** `smartcms reconcile`: do rows, workflows and ledger agree? */
export function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description('Says where database, workflows and CA differ, and rebuilds lost workflows from the database.')
    .option('--repair', 'begin lost workflows again from their rows')
    .option('--quick', 'see only whether the workflows are there, do not ask what they know')
    .option('--as <login>', 'system administrator to sign in as')
    .option('--json', 'print JSON')
    .option('--url <address>', 'address of smartCMS')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      process.exitCode = await reconcile(options);
    });
}

const reconcile = (options: Options): Promise<number> =>
  withConnection(options.url, async ({ url }) => {
    const meta = await apiClient({ url }).get<Meta>('/meta');
    const { client } = await operatorOf({ url, meta, login: options.as, role: 'SA' });
    const order = { complete: !options.quick, repair: options.repair === true };
    const { id } = await client.post<{ id: string }>('/system/reconciliations', order);
    const report = await whenEnded(client, id);
    process.stdout.write(`${options.json ? safeJson(report) : printed(report)}\n`);
    return report.findings.some((f) => f.done === null || f.done === 'reported') ? exitStatus.refused : exitStatus.done;
  });

/** Waits for its end, then reads every page of what it found. */
async function whenEnded(client: ApiClient, id: string): Promise<ReconciliationReport> {
  const path = `/system/reconciliations/${id}`;
  let report = await client.get<ReconciliationReport>(path);
  for (; report.endedAt === null; report = await client.get<ReconciliationReport>(path)) await delay(1000);
  const findings = [...report.findings];
  for (let { more } = report; more;) {
    const last = findings.at(-1);
    const place = new URLSearchParams({ afterWhat: last?.what ?? '', afterObject: last?.objectId ?? '' });
    const next = await client.get<ReconciliationReport>(`${path}?${place.toString()}`);
    findings.push(...next.findings);
    ({ more } = next);
  }
  return { ...report, findings, more: false };
}

const printed = ({ checked, findings }: ReconciliationReport): string =>
  findings.length === 0
    ? `Nothing differs: ${checked} open rows compared.`
    : `${checked} open rows compared, ${findings.length} differ.\n${table(findings.map(line))}`;

const line = ({ what, label, objectId, rowState, otherState, done }: Finding): string[] => [
  `  ${what.replaceAll('_', ' ')}`,
  label || objectId,
  `database: ${rowState ?? 'no row'}`,
  otherState,
  done ?? 'not sure yet',
];
