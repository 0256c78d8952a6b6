import { parse, CsvError, type Info } from 'csv-parse/sync';

import { UsageError } from '../usage-error.ts';
import { plain } from '../terminal.ts';

/** The columns of a file of people, in the order of the documentation; a file may have them in any order. */
export const columns = [
  'givenName',
  'familyName',
  'birthDate',
  'birthPlace',
  'taxCode',
  'email',
  'documentKind',
  'documentNumber',
  'documentIssuer',
  'documentExpiresOn',
  'unit',
  'profile',
] as const;
export type Column = (typeof columns)[number];

/** One row as it stands in the file. `surplus` counts cells beyond (or, negative, short of) the header. */
export interface FileRow {
  /** Where the row begins, counted from 1 with the header, as editors count. */
  line: number;
  values: Record<Column, string>;
  surplus: number;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Reads a CSV file (UTF-8 with or without BOM, `,` or `;`) with a header row. Throws a UsageError for what is no such file. */
export function readPeople(bytes: Buffer): FileRow[] {
  const content = decode(bytes);
  const [header, ...records] = parseCsv(content);
  const order = columnsOf(header?.record ?? []);
  if (records.length === 0) throw new UsageError('The file has a header and no person below it.');
  return records.map(({ record, info }) => ({
    line: info.lines - record.join('').split(/\r\n|\n|\r/).length + 1,
    values: valuesOf(order, record),
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

function delimiterOf(content: string): ',' | ';' {
  const header = content.slice(0, content.search(/[\r\n]|$/));
  return header.split(';').length > header.split(',').length ? ';' : ',';
}

/** The column of each cell, by the header. Names count without regard to case. */
function columnsOf(header: string[]): Column[] {
  const names = header.map((cell) => columns.find((c) => c.toLowerCase() === cell.trim().toLowerCase()) ?? unknownColumn(cell));
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new UsageError(`The header lacks ${missing.join(', ')}. ${expected}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new UsageError(`The header has ${twice} twice.`);
  return names;
}

const expected = `The first row names the columns: ${columns.join(',')}`;

function unknownColumn(cell: string): never {
  throw new UsageError(`The first row is no header of people, or has a column too many: "${plain(cell.slice(0, 40))}". ${expected}`);
}

const valuesOf = (order: Column[], record: string[]): Record<Column, string> =>
  Object.fromEntries(order.map((column, i) => [column, record[i] ?? ''])) as Record<Column, string>;
