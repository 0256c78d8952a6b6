import type { Command } from 'commander';

import { apiClient } from '../api-client.ts';
import type { Meta, OperatorImportReport } from '../api-types.ts';
import { withConnection } from '../connection.ts';
import { importColumns, mostImportRows, optionalColumns, type ImportColumn } from '../../domain/operator-columns.ts';
import { operatorOf } from '../operator.ts';
import { progress } from '../progress.ts';
import { bytesOf, readTable, wrongWidth, type TableRow } from '../table-file.ts';
import { plain, safeJson } from '../terminal.ts';
import { exitStatus } from '../usage-error.ts';

interface Options {
  url?: string;
  as?: string;
  dryRun?: true;
  invite?: true;
  json?: true;
}

type Row = OperatorImportReport['rows'][number];

const required = importColumns.filter((column) => !optionalColumns.includes(column));

const help = `
The file is CSV: UTF-8, separated by , or ;, with a header row of these names in any order:
  ${required.join(',')}
and, where wished:
  ${optionalColumns.join(',')}
Each row is one role of one person; a person with two roles has two rows. email is what they sign in with; role and unit are codes; visibility is
own, office, subtree or all; locale is it or en. A date is YYYY-MM-DD (from its beginning, or until its end, in UTC) or a moment with offset.

Who is not there is added, without a password: with --invite they get a mail by which they choose one, good for three days; later there is "Forgotten
password" on the sign-in page. Who is there gets the data and the role of the row. A column that the file does not have leaves things as they are, an empty cell takes the value away. Nobody loses a role that is not in
the file. The same file again changes nothing, so a run that was stopped is simply run again. You give at most what you hold yourself.

The password comes from SMARTCMS_PASSWORD, or is asked for.

Exit status: 0 every row is done, 1 some were refused (each is named with line, column and reason), 2 wrong use.

Examples:
  smartcms operators import operators.csv --as rita.sala@example.it --dry-run
  smartcms operators import operators.csv --as rita.sala@example.it --invite`;

/** `smartcms operators import <file>`: everybody in a file becomes an operator with the roles that stand there. */
export function addOperators(program: Command): void {
  program
    .command('operators')
    .description('The people who work with smartCMS.')
    .command('import')
    .argument('<file>', 'CSV file of operators')
    .description('Adds the operators of a file, or changes them to what stands there.')
    .option('--as <login>', 'administrator to sign in as')
    .option('--invite', 'send each new person a mail by which they choose a password')
    .option('--dry-run', 'tell what would come of it, and change nothing')
    .option('--json', 'print {rows: [{line, outcome, errors}]} instead of text')
    .option('--url <address>', 'address of smartCMS')
    .addHelpText('after', help)
    .action(async (file: string, options: Options) => {
      process.exitCode = await importFile(file, options);
    });
}

async function importFile(file: string, { url: address, as, dryRun, invite, json }: Options): Promise<number> {
  const rows = readTable(await bytesOf(file), { columns: importColumns, optional: optionalColumns, of: 'operators', row: 'operator' });
  const report = await withConnection(address, async ({ url }) => {
    const meta = await apiClient({ url }).get<Meta>('/meta');
    const { client } = await operatorOf({ url, meta, login: as, role: 'SA' });
    return send(rows, async (some) => {
      const body = { dryRun: dryRun === true, invites: invite === true, rows: some.map(({ line, values }) => ({ line, values })) };
      return (await client.post<OperatorImportReport>('/operators/import', body)).rows;
    });
  });
  process.stdout.write(`${json ? safeJson({ rows: report }) : printed(report, dryRun === true)}\n`);
  return report.some(({ outcome }) => outcome === 'refused') ? exitStatus.refused : exitStatus.done;
}

/** In parts, so that it shows how far it is; rows of a wrong width are not sent. */
async function send(rows: readonly TableRow<ImportColumn>[], call: (rows: TableRow<ImportColumn>[]) => Promise<Row[]>): Promise<Row[]> {
  const bar = progress(rows.length);
  const report: Row[] = [];
  for (let at = 0; at < rows.length; at += mostImportRows / 4) {
    const part = rows.slice(at, at + mostImportRows / 4);
    const right = part.filter(({ surplus }) => surplus === 0);
    const answers = new Map((right.length > 0 ? await call(right) : []).map((row) => [row.line, row]));
    for (const { line, surplus } of part) {
      report.push(answers.get(line) ?? refused(line, wrongWidth(surplus)));
      bar.advance(counted(report));
    }
  }
  bar.end();
  return report;
}

const refused = (line: number, message: string): Row => ({
  ...{ line, outcome: 'refused' },
  errors: [{ column: '', message, code: 'invalid_input' }],
});

const outcomes = ['created', 'changed', 'unchanged', 'refused'] as const;

const counted = (report: readonly Row[]): string =>
  outcomes.map((outcome) => `${report.filter((row) => row.outcome === outcome).length} ${outcome}`).join(', ');

function printed(report: readonly Row[], dryRun: boolean): string {
  const lines = report.flatMap(({ line, errors }) =>
    errors.map(({ column, message }) => `line ${line}${column ? `, ${column}` : ''}: ${plain(message)}`),
  );
  return [...lines, `${dryRun ? 'Tried, nothing was changed: ' : ''}${counted(report)}.`].join('\n');
}
