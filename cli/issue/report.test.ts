import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';

import type { RowOutcome } from './issue-row.ts';
import { csvReport, isIncomplete, printed, quantile, reportOf } from './report.ts';

const outcome = (line: number, more: Partial<RowOutcome> = {}): RowOutcome => ({
  line,
  reference: `file-${line}`,
  outcome: 'issued',
  requestId: `r${line}`,
  number: `2026-00000${line}`,
  state: 'produced',
  seconds: line,
  certificates: [`c${line}`],
  errors: [],
  ...more,
});
const ok = { chain: 'OK', crl: 'OK' };
const verdicts = new Map([
  ['c2', ok],
  ['c3', { chain: 'OK', crl: 'certificate revoked' }],
  ['c4', ok],
]);
const bad = [{ line: 5, errors: [{ column: 'unit' as const, message: 'No such unit: =1+1\u001b[2J' }] }];
const parts = { outcomes: [outcome(4), outcome(2), outcome(3, { outcome: 'skipped' })], bad, verdicts, notStarted: 0, unverified: null };

test('counts by outcome, with the rows in the order of the file', () => {
  const report = reportOf(parts);
  expect(report).toMatchObject({ issued: 2, skipped: 1, refused: 1 });
  expect(report.rows.map((r) => [r.line, r.verdict])).toEqual([
    [2, 'OK'],
    [3, 'certificate revoked'],
    [4, 'OK'],
    [5, null],
  ]);
});

test('it is incomplete with a refused row, with one that was not begun, or with a new card without a valid chain', () => {
  const good = { ...parts, bad: [] };
  expect(isIncomplete(reportOf(good))).toBe(false);
  expect(isIncomplete(reportOf(parts))).toBe(true);
  expect(isIncomplete(reportOf({ ...good, notStarted: 1 }))).toBe(true);
  expect(isIncomplete(reportOf({ ...good, verdicts: new Map() }))).toBe(true);
  expect(isIncomplete(reportOf({ ...good, verdicts: new Map(), unverified: 'openssl is not installed' }))).toBe(false);
});

test('the printed report has times, reasons and verdicts, and nothing that steers the terminal', () => {
  const text = printed(reportOf(parts));
  expect(text).toContain('2 issued, 1 skipped (done in an earlier run), 1 refused');
  expect(text).toContain('median 2.0 s, p95 4.0 s');
  expect(text).toContain('line 5, unit: No such unit: =1+1\\u001b[2J');
  expect(text).toContain('Chains: 2 of 3 cards OK');
  expect(text).toContain('line 3, request 2026-000003: certificate revoked');
  expect(text).not.toContain('\u001b');
});

test('it says plainly when the chains were not verified', () => {
  expect(printed(reportOf({ ...parts, unverified: 'openssl is not installed.' }))).toContain('Chains: openssl is not installed.');
});

test('in the CSV nothing is a formula', () => {
  const formula = [{ line: 2, errors: [{ column: '' as const, message: '=HYPERLINK("http://example.org")' }] }];
  const [row] = parse(csvReport(reportOf({ ...parts, outcomes: [], bad: formula })), { columns: true, bom: true }) as unknown as Record<
    string,
    string
  >[];
  expect(row?.errors).toBe(`'=HYPERLINK("http://example.org")`);
});

test('quantiles are of the nearest rank', () => {
  expect([quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.95), quantile([7], 0.5), quantile([], 0.5)]).toEqual([2, 4, 7, 0]);
});
