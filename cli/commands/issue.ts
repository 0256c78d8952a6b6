import { Option, InvalidArgumentError, type Command } from 'commander';

import { apiClient } from '../api-client.ts';
import type { DeviceProfile, Meta, Unit } from '../api-types.ts';
import { withConnection } from '../connection.ts';
import { assembleCrew, type Crew } from '../issue/crew.ts';
import { issueRows } from '../issue/issue-rows.ts';
import { keepReport } from '../issue/keep-report.ts';
import { columns, readPeople } from '../issue/people-file.ts';
import { checkRows, type Catalogue } from '../issue/person-row.ts';
import { csvReport, isIncomplete, printed, type Report } from '../issue/report.ts';
import type { FieldSet } from '../../domain/field-definition.ts';
import { bytesOf } from '../table-file.ts';
import { plain, safeJson } from '../terminal.ts';
import { exitStatus, UsageError } from '../usage-error.ts';

interface Options {
  url?: string;
  registrar: string[];
  approver: string[];
  station?: string;
  jobs: number;
  report?: string;
  json?: true;
}

const help = `
The file is CSV: UTF-8, separated by , or ;, with a header row of these names in any order:
  ${columns.slice(0, 6).join(',')},
  ${columns.slice(6).join(',')}
More columns are the fields that the administrator added, by their codes.
Dates are YYYY-MM-DD; documentKind is identity_card, passport, driving_licence or residence_permit; unit and profile are codes.

For every row: the person is registered and the request submitted by a registrar, approved by other operators (as many as the profile's
policy asks for), and the card made at a virtual station. Bad rows are reported with line, column and reason; the good ones go on.
It may be stopped or killed at any moment: run it again, and finished rows are skipped, half-done ones continue.

Passwords come from SMARTCMS_REGISTRAR_PASSWORD and SMARTCMS_APPROVER_PASSWORD, or are asked for on the terminal. A demonstration
installation offers its own operators when none is named.

Exit status: 0 every row has its card, 1 some rows do not, 2 wrong use (no such file, not CSV, cannot sign in).

Examples:
  smartcms issue examples/people.csv
  smartcms issue people.csv --registrar ro@aurelia.example --approver do@aurelia.example --approver do2@aurelia.example
  smartcms issue people.csv --json > report.json
  smartcms issue people.csv --report report.csv --jobs 8`;

/** `smartcms issue <file>`: everybody in a file from registration to a finished card. */
export function addIssue(program: Command): void {
  program
    .command('issue')
    .argument('<file>', 'CSV file of people')
    .summary('register, approve and make a card for every person in a file')
    .description('Registers, submits, approves and produces a card for every person in a file, and verifies every chain.')
    .addOption(logins('--registrar <login>', 'who registers and submits (repeatable: one for other units)'))
    .addOption(logins('--approver <login>', 'who approves and makes the card (repeatable: one for each approval)'))
    .option('--station <code>', 'station that makes the cards (default: the one of the unit, else any virtual one)')
    .addOption(new Option('--jobs <n>', 'rows at a time').default(4).argParser(jobsOf))
    .option('--report <file.csv>', 'write the report as CSV too')
    .option('--json', 'print {issued, refused, skipped, rows: [...]} instead of text')
    .option('--url <address>', 'address of smartCMS (default: SMARTCMS_URL, the one running here, or one started for this command)')
    .addHelpText('after', help)
    .action(async (file: string, options: Options) => {
      process.exitCode = await issue(file, options);
    });
}

const logins = (flags: string, description: string): Option =>
  new Option(flags, description).default([], "the demonstration's own").argParser((login: string, before: string[]) => [...before, login]);

function jobsOf(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 64) throw new InvalidArgumentError('It must be a number from 1 to 64.');
  return Number(text);
}

async function issue(file: string, options: Options): Promise<number> {
  const rows = readPeople(await bytesOf(file));
  const report = await withConnection(options.url, async ({ url }) => {
    const meta = await apiClient({ url }).get<Meta>('/meta');
    const crew = await assembleCrew({ url, registrars: options.registrar, approvers: options.approver, meta });
    if (options.station) await assertStation(options.station, crew);
    const { good, bad } = checkRows(rows, await catalogueOf(crew));
    return issueRows({ good, bad, crew, validationUrl: meta.validationUrl, station: options.station, jobs: options.jobs });
  });
  await print(report, options);
  return isIncomplete(report) ? exitStatus.refused : exitStatus.done;
}

async function assertStation(code: string, { approvers }: Crew): Promise<void> {
  const stations = (await Promise.all(approvers.map((approver) => approver.stations()))).flat();
  const codes = [...new Set(stations.map((s) => s.code))];
  if (!codes.includes(code)) throw new UsageError(`No approver has a station ${plain(code)}. Stations: ${codes.join(', ')}`);
}

async function print(report: Report, { json, report: file }: Options): Promise<void> {
  process.stdout.write(`${json ? safeJson(report) : printed(report)}\n`);
  if (file) await keepReport(file, csvReport(report));
}

/** Units that some registrar sees, and the profiles. */
async function catalogueOf({ registrars }: Crew): Promise<Catalogue> {
  const profiles = await Promise.all(registrars.map(({ client }) => client.get<{ items: DeviceProfile[] }>('/device-profiles')));
  const units = new Map<string, Unit>(registrars.flatMap((r) => r.units.filter((u) => r.reach.has(u.id)).map((u) => [u.id, u])));
  const today = new Date().toLocaleDateString('sv-SE');
  const fields = await registrars[0]!.client.get<FieldSet>('/fields');
  return { units: [...units.values()], profiles: unique(profiles.flatMap(({ items }) => items)), fields, today };
}

const unique = (profiles: DeviceProfile[]): DeviceProfile[] => [...new Map(profiles.map((p) => [p.id, p])).values()];
