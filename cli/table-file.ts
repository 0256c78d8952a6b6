import { readFile } from 'node:fs/promises';

import { parse, CsvError, type Info } from 'csv-parse/sync';

import { delimiterOf, firstLineOf } from '../domain/csv-text.ts';
import { UsageError } from './usage-error.ts';
import { plain } from './terminal.ts';

/** What a file of rows looks like. */
export interface Table<C extends string> {
  /** In the order of the documentation; a file may have them in any order. */
  columns: readonly C[];
  /** Those that a file need not have. */
  optional?: readonly C[];
  /** Says that a column of another name may be there too. */
  others?: (name: string) => boolean;
  /** What the file is of, and what one row is, such as `people` and `person`. */
  of: string;
  row: string;
}

/** One row as it stands in the file. `surplus` counts cells beyond (or, negative, short of) the header. */
export interface TableRow<C extends string> {
  /** Where the row begins, counted from 1 with the header, as editors count. */
  line: number;
  values: Record<C, string>;
  /** Cells of further columns, if the file has such. */
  extra?: Record<string, string>;
  surplus: number;
}

export async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${file} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : (code ?? '')}.`,
    );
  }
}

/** What is wrong with a row of another width than the header. */
export const wrongWidth = (surplus: number): string =>
  surplus > 0
    ? `${surplus} cell(s) more than the header has columns: put a cell that holds the separator in quotes`
    : `${-surplus} cell(s) fewer than the header has columns`;

const MAX_BYTES = 64 * 1024 * 1024;

/** Reads a CSV file (UTF-8 with or without BOM, `,` or `;`) with a header row. Throws a UsageError for what is no such file. */
export function readTable<C extends string>(bytes: Buffer, table: Table<C>): TableRow<C>[] {
  const content = decode(bytes);
  const [header, ...records] = parseCsv(content);
  const order = columnsOf(header?.record ?? [], table);
  if (records.length === 0) throw new UsageError(`The file has a header and no ${table.row} below it.`);
  return records.map(({ record, info }) => ({
    line: firstLineOf(record, info.lines),
    ...cellsOf(order, record, table),
    surplus: record.length - order.length,
  }));
}

function decode(bytes: Buffer): string {
  if (bytes.length === 0) throw new UsageError('The file is empty.');
  if (bytes.length > MAX_BYTES) throw new UsageError('The file is over 64 MB: split it.');
  const start = bytes.subarray(0, 4).toString('latin1');
  if (start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff')) throw new UsageError(`The file is UTF-16. ${saveAs}`);
  if (start.startsWith('PK\x03\x04') || start === '\xd0\xcf\x11\xe0')
    throw new UsageError(`The file is a spreadsheet, not a CSV file. ${saveAs}`);
  if (bytes.includes(0)) throw new UsageError(`The file is not text: it holds zero bytes (binary, or UTF-16). ${saveAs}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`The file is not UTF-8 (line ${lineOfBadByte(bytes)}): perhaps Latin-1 or Windows-1252. ${saveAs}`);
  }
}

const saveAs = 'Save it as "CSV UTF-8" and try again.';

/** The first line that is not UTF-8 by itself. */
function lineOfBadByte(bytes: Buffer): number {
  const fatal = new TextDecoder('utf-8', { fatal: true });
  for (let line = 1, from = 0; ; line += 1) {
    const end = bytes.indexOf(10, from);
    try {
      fatal.decode(bytes.subarray(from, end < 0 ? undefined : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    from = end + 1;
  }
}

interface CsvRecord {
  record: string[];
  info: Info;
}

/** Rows of any length come through, to be refused one by one; a quote that is never closed makes all that follows unreadable. */
function parseCsv(content: string): CsvRecord[] {
  const options = {
    info: true,
    delimiter: delimiterOf(content),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  };
  try {
    const records = parse(content, options) as unknown as CsvRecord[];
    return records.filter(({ record }) => record.some((cell) => cell.trim() !== ''));
  } catch (error) {
    if (error instanceof CsvError) throw new UsageError(`The file is not CSV: ${plain(error.message)}.`);
    throw error;
  }
}

/** The column of each cell, by the header. Names count without regard to case. */
function columnsOf<C extends string>(header: string[], table: Table<C>): string[] {
  const { columns, optional = [] } = table;
  const names = header.map((cell) => columns.find((c) => c.toLowerCase() === cell.trim().toLowerCase()) ?? otherColumn(cell, table));
  const missing = columns.filter((column) => !names.includes(column) && !optional.includes(column));
  if (missing.length > 0) throw new UsageError(`The header lacks ${missing.join(', ')}. ${expected(table)}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new UsageError(`The header has ${twice} twice.`);
  return names;
}

const expected = ({ columns }: Table<string>): string => `The first row names the columns: ${columns.join(',')}`;

function otherColumn(cell: string, table: Table<string>): string {
  if (table.others?.(cell.trim())) return cell.trim();
  const what = `"${plain(cell.slice(0, 40))}"`;
  throw new UsageError(`The first row is no header of ${table.of}, or has a column too many: ${what}. ${expected(table)}`);
}

/** Without the columns that the file does not have. */
function cellsOf<C extends string>(order: string[], record: string[], table: Table<C>): Pick<TableRow<C>, 'values' | 'extra'> {
  const cells = order.map((column, i) => [column, record[i] ?? ''] as const);
  const isOurs = ([column]: readonly [string, string]) => (table.columns as readonly string[]).includes(column);
  const values = Object.fromEntries(cells.filter(isOurs)) as Record<C, string>;
  const others = cells.filter((cell) => !isOurs(cell));
  return others.length === 0
    ? { values }
    : { values, extra: Object.fromEntries(others.map(([column, cell]) => [column, unescaped(cell)])) };
}

/** Spreadsheets are told by an apostrophe that a value is no formula: our own export writes `'+39…`. */
const unescaped = (cell: string): string => cell.replace(/^'(?=[=+\-@\t\r])/, '');
