import { FieldCode } from '../../domain/field-definition.ts';
import { readTable, type TableRow } from '../table-file.ts';

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

export type FileRow = TableRow<Column>;

/** Reads a file of people. Throws a UsageError for what is no such file. */
export const readPeople = (bytes: Buffer): FileRow[] => readTable(bytes, { columns, others: isField, of: 'people', row: 'person' });

/** Whether the installation has a field of this name is seen later. */
const isField = (name: string): boolean => FieldCode.safeParse(name).success;
