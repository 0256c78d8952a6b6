import { stringify } from 'csv-stringify/sync';

import { duration, plain } from '../terminal.ts';
import type { RefusedRow } from './person-row.ts';
import type { RowOutcome } from './issue-row.ts';
import type { Verdict } from './verdicts.ts';

/** One line of the report, as `--json` prints it. There is no code of a card in it, nor personal data beyond the file's line. */
interface ReportRow {
  line: number;
  reference: string | null;
  outcome: RowOutcome['outcome'];
  requestId: string | null;
  number: string | null;
  state: string | null;
  seconds: number | null;
  /** `OK`, or what openssl says of the worst certificate; null where there is none or it was not checked. */
  verdict: string | null;
  errors: RowOutcome['errors'];
}

export interface Report {
  issued: number;
  refused: number;
  skipped: number;
  /** Rows that were not begun, as the command was interrupted. */
  notStarted: number;
  /** Why the chains were not verified, or null. */
  unverified: string | null;
  rows: ReportRow[];
}

export interface ReportParts {
  outcomes: readonly RowOutcome[];
  bad: readonly RefusedRow[];
  verdicts: ReadonlyMap<string, Verdict>;
  notStarted: number;
  unverified: string | null;
}

export function reportOf({ outcomes, bad, verdicts, notStarted, unverified }: ReportParts): Report {
  const rows = [...outcomes.map((o) => rowOf(o, verdicts)), ...bad.map(refusedRow)].sort((a, b) => a.line - b.line);
  const count = (outcome: RowOutcome['outcome']) => rows.filter((row) => row.outcome === outcome).length;
  return { issued: count('issued'), refused: count('refused'), skipped: count('skipped'), notStarted, unverified, rows };
}

function rowOf(outcome: RowOutcome, verdicts: ReadonlyMap<string, Verdict>): ReportRow {
  const { line, reference, seconds, errors } = outcome;
  const said = outcome.certificates.map((id) => verdicts.get(id)).filter((v) => v !== undefined);
  const worst = said.flatMap((v) => [v.chain, v.crl]).find((v) => v !== 'OK') ?? (said.length > 0 ? 'OK' : null);
  return {
    line,
    reference,
    outcome: outcome.outcome,
    requestId: outcome.requestId ?? null,
    number: outcome.number ?? null,
    state: outcome.state ?? null,
    seconds: Math.round(seconds * 100) / 100,
    verdict: worst,
    errors,
  };
}

const refusedRow = ({ line, errors }: RefusedRow): ReportRow => ({
  line,
  reference: null,
  outcome: 'refused',
  requestId: null,
  number: null,
  state: null,
  seconds: null,
  verdict: null,
  errors,
});

/** Something is left to do: a row was refused or not begun, or a card made now has no valid chain. */
export const isIncomplete = ({ refused, notStarted, unverified, rows }: Report): boolean =>
  refused > 0 || notStarted > 0 || (unverified === null && rows.some((r) => r.outcome === 'issued' && r.verdict !== 'OK'));

/** The report for people. */
export function printed(report: Report): string {
  const lines = [`${report.issued} issued, ${report.skipped} skipped (done in an earlier run), ${report.refused} refused`];
  const times = report.rows
    .filter((r) => r.outcome === 'issued')
    .map((r) => r.seconds ?? 0)
    .sort((a, b) => a - b);
  if (times.length > 0) lines.push(`Time per card: median ${duration(quantile(times, 0.5))}, p95 ${duration(quantile(times, 0.95))}`);
  if (report.notStarted > 0) lines.push(`${report.notStarted} not begun: run the command again to continue.`);
  return [...lines, ...refusals(report.rows), ...chainLines(report)].join('\n');
}

/** Nearest rank of sorted values. */
export const quantile = (sorted: readonly number[], q: number): number => sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? 0;

const refusals = (rows: readonly ReportRow[]): string[] =>
  rows.flatMap((row) => row.errors.map((e) => `  line ${row.line}${e.column ? `, ${e.column}` : ''}: ${plain(e.message)}`));

function chainLines({ rows, unverified }: Report): string[] {
  if (unverified !== null) return [`Chains: ${unverified}`];
  const checked = rows.filter((row) => row.verdict !== null);
  if (checked.length === 0) return [];
  const wrong = checked.filter((row) => row.verdict !== 'OK');
  return [
    `Chains: ${checked.length - wrong.length} of ${checked.length} cards OK (openssl verify, then with -crl_check)`,
    ...wrong.map((row) => `  line ${row.line}, request ${row.number ?? ''}: ${plain(row.verdict ?? '')}`),
  ];
}

/** The report as a CSV file with BOM, in which nothing is a formula for a spreadsheet (CWE-1236). */
export const csvReport = ({ rows }: Report): string =>
  stringify(
    rows.map((row) => ({ ...row, errors: row.errors.map((e) => (e.column ? `${e.column}: ${e.message}` : e.message)).join('; ') })),
    { header: true, bom: true, escape_formulas: true },
  );
