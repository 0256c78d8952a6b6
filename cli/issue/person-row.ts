import { createHash } from 'node:crypto';

import type { DeviceProfile, Unit } from '../api-types.ts';
import { fieldsOf, onlyOf, type FieldSet } from '../../domain/field-definition.ts';
import { fieldValues } from '../../domain/field-values.ts';
import { HolderData, holderProblems, type Extra } from '../../domain/holder.ts';
import { wrongWidth } from '../table-file.ts';
import { plain } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { Column, FileRow } from './people-file.ts';

/** What is wrong in a row: the column ('' for the row as a whole), why, and the API's code where it was the API that refused. */
export interface RowError {
  column: Column | '' | (string & {});
  message: string;
  code?: string;
}

/** A row that can be sent. */
export interface PersonRow {
  line: number;
  holder: HolderData;
  /** Values of the fields that are about the request. */
  extra: Extra;
  unit: Unit;
  profile: DeviceProfile;
  /** The same for the same person and profile in every run, so that running again continues. */
  reference: string;
}

export interface RefusedRow {
  line: number;
  errors: RowError[];
}

/** What rows are checked against. */
export interface Catalogue {
  units: readonly Unit[];
  profiles: readonly DeviceProfile[];
  /** What the installation adds to persons and requests. */
  fields: FieldSet;
  /** ISO date. */
  today: string;
}

/** Sorts the good rows from the bad; every fault of a bad row is told. Of two rows with one tax code the first good one counts. */
export function checkRows(rows: readonly FileRow[], catalogue: Catalogue): { good: PersonRow[]; bad: RefusedRow[] } {
  assertColumns(rows, catalogue.fields);
  const seen = new Map<string, number>();
  const good: PersonRow[] = [];
  const bad: RefusedRow[] = [];
  for (const row of rows) {
    const person = personOf(row, catalogue, seen);
    if ('errors' in person) bad.push(person);
    else {
      seen.set(person.holder.taxCode, person.line);
      good.push(person);
    }
  }
  return { good, bad };
}

/** Every row has the same columns; one that the installation does not know is no matter of a row. */
function assertColumns([row]: readonly FileRow[], { fields }: FieldSet): void {
  const known = fields.filter((f) => f.visible.csv).map((f) => f.code);
  const unknown = Object.keys(row?.extra ?? {}).find((column) => !known.includes(column));
  if (unknown === undefined) return;
  const fits = known.length > 0 ? `The fields of this installation are ${known.join(', ')}` : 'This installation has no fields of its own';
  throw new UsageError(`The file has a column that is not known: "${plain(unknown)}". ${fits}.`);
}

/** Column of a pointer into the holder's data (`/document/expiresOn`), also below `/holder` or `/data` as the API writes it. */
export function columnOf(pointer: string): RowError['column'] {
  const path = pointer.replace(/^\/(holder|data)(?=\/)/, '');
  if (path.startsWith('/extra/')) return path.slice(7);
  return path.startsWith('/document/') ? (documentColumns[path.slice(10)] ?? '') : (fieldColumns[path.slice(1)] ?? '');
}

const documentColumns: Record<string, Column> = {
  kind: 'documentKind',
  number: 'documentNumber',
  issuer: 'documentIssuer',
  expiresOn: 'documentExpiresOn',
};
const fieldColumns: Record<string, Column> = {
  givenName: 'givenName',
  familyName: 'familyName',
  birthDate: 'birthDate',
  birthPlace: 'birthPlace',
  taxCode: 'taxCode',
  email: 'email',
  unitId: 'unit',
  profileId: 'profile',
};

function personOf(row: FileRow, catalogue: Catalogue, seen: ReadonlyMap<string, number>): PersonRow | RefusedRow {
  const { line, values } = row;
  if (row.surplus !== 0) return { line, errors: [{ column: '', message: wrongWidth(row.surplus) }] };
  const unit = catalogue.units.find((u) => u.code === values.unit.trim());
  const profile = catalogue.profiles.find((p) => p.code === values.profile.trim());
  const holder = HolderData.safeParse(holderOf(values));
  const extra = fieldValues(catalogue.fields.fields).safeParse(row.extra ?? {});
  const errors = [...holderErrors(holder, catalogue.today, seen), ...extraErrors(extra), ...placeErrors(unit, profile, catalogue)];
  if (errors.length > 0 || !holder.success || !extra.success || !unit || !profile) return { line, errors };
  const of = (subject: 'holder' | 'request') => onlyOf(fieldsOf(catalogue.fields, subject), extra.data);
  const reference = referenceOf(holder.data.taxCode, profile.code);
  return { line, holder: { ...holder.data, extra: of('holder') }, extra: of('request'), unit, profile, reference };
}

const holderOf = (values: Record<Column, string>) => ({
  ...values,
  birthDate: values.birthDate.trim(),
  document: {
    kind: values.documentKind.trim(),
    number: values.documentNumber,
    issuer: values.documentIssuer,
    expiresOn: values.documentExpiresOn.trim(),
  },
});

function holderErrors(holder: ReturnType<typeof HolderData.safeParse>, today: string, seen: ReadonlyMap<string, number>): RowError[] {
  if (!holder.success) return holder.error.issues.map(({ path, message }) => ({ column: columnOf(`/${path.join('/')}`), message }));
  const problems = holderProblems(holder.data, today).map(({ pointer, message }) => ({ column: columnOf(pointer), message }));
  const before = seen.get(holder.data.taxCode);
  return before === undefined
    ? problems
    : [...problems, { column: 'taxCode', message: `The same tax code is in line ${before}: take one of the two out` }];
}

const extraErrors = ({ error }: { error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined }): RowError[] =>
  error?.issues.map(({ path, message }) => ({ column: String(path[0] ?? ''), message })) ?? [];

function placeErrors(unit: Unit | undefined, profile: DeviceProfile | undefined, { units, profiles }: Catalogue): RowError[] {
  const errors: RowError[] = [];
  const offices = units.filter((u) => u.kind === 'office');
  if (!unit) errors.push({ column: 'unit', message: `No such unit, or not yours. Units: ${offices.map((u) => u.code).join(', ')}` });
  if (!profile) errors.push({ column: 'profile', message: `No such device profile. Profiles: ${profiles.map((p) => p.code).join(', ')}` });
  if (profile && profile.model !== 'desk')
    errors.push({ column: 'profile', message: 'Not made at the desk: only profiles of the model desk are issued here' });
  return errors;
}

const referenceOf = (taxCode: string, profile: string): string =>
  `file-${createHash('sha256').update(`${taxCode}|${profile}`).digest('hex').slice(0, 24)}`;
