import { importColumns, optionalColumns, type ImportColumn } from '#domain/operator-columns.ts';
import { delimiterOf, firstLineOf } from '#domain/csv-text.ts';

export interface FileRow {
  line: number;
  values: Partial<Record<ImportColumn, string>>;
  /** As many cells as the header has columns. */
  isWhole: boolean;
}

export type FileTrouble = { kind: 'notCsv' | 'empty' } | { kind: 'lacks' | 'unknown' | 'twice'; columns: string };

/** The rows of a CSV file, separated by `,` or `;`; or why it is none. */
export async function readFile(file: File): Promise<FileRow[] | FileTrouble> {
  const { parse } = await import('csv-parse/browser/esm/sync');
  let records: { record: string[]; info: { lines: number } }[];
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    const options = { info: true, delimiter: delimiterOf(text), relax_column_count: true, relax_quotes: true, skip_empty_lines: true };
    records = parse(text, options) as unknown as typeof records;
  } catch {
    return { kind: 'notCsv' };
  }
  const [header, ...rows] = records.filter(({ record }) => record.some((cell) => cell.trim() !== ''));
  const names = (header?.record ?? []).map((cell) => cell.trim());
  const order = names.map((name) => importColumns.find((column) => column.toLowerCase() === name.toLowerCase()));
  const unknown = names.filter((_, i) => order[i] === undefined);
  const lacking = importColumns.filter((column) => !order.includes(column) && !optionalColumns.includes(column));
  const twice = order.find((column, i) => order.indexOf(column) !== i);
  if (unknown.length === names.length) return { kind: 'notCsv' };
  if (unknown.length > 0) return { kind: 'unknown', columns: unknown.join(', ').slice(0, 200) };
  if (lacking.length > 0) return { kind: 'lacks', columns: lacking.join(', ') };
  if (twice) return { kind: 'twice', columns: twice };
  if (rows.length === 0) return { kind: 'empty' };
  return rows.map(({ record, info }) => ({
    line: firstLineOf(record, info.lines),
    values: Object.fromEntries(order.map((column, i) => [column, record[i] ?? ''])),
    isWhole: record.length === order.length,
  }));
}
