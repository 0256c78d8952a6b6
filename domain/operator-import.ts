import { z } from 'zod';

import { visibilities, type Visibility } from './actor.ts';
import type { FieldError } from './errors.ts';
import { OperatorData } from './operator.ts';
import { importColumns, optionalColumns, type ImportColumn } from './operator-columns.ts';
import { Moment } from './moment.ts';

const cell = z
  .string()
  .max(300)
  .regex(/^[^\u0000]*$/, 'Not readable text');
const cells = Object.fromEntries(importColumns.map((column) => [column, optionalColumns.includes(column) ? cell.optional() : cell]));

/** A row as it stands in the file. Where a column is absent the value is, too; an empty cell takes the value away. */
export const ImportRow = z.strictObject({
  line: z.int().min(1).max(10_000_000),
  values: z.strictObject(cells as Record<ImportColumn, z.ZodOptional<typeof cell>>),
});
export type ImportRow = z.infer<typeof ImportRow>;

/** What a row says, beside what it leaves open. */
export interface ImportedOperator {
  person: Partial<OperatorData> & Pick<OperatorData, 'email' | 'givenName' | 'familyName'>;
  role: string;
  /** Code. */
  unit: string;
  visibility: Visibility;
  /** Undefined: as it is. */
  roleFrom: string | null | undefined;
  roleUntil: string | null | undefined;
}

export interface ImportError {
  /** '' for the row as a whole. */
  column: ImportColumn | '';
  message: string;
}

/** Reads a row, or tells every fault of it. */
export function importedOperator({ values }: ImportRow): ImportedOperator | ImportError[] {
  const given = Object.fromEntries(Object.entries(values).map(([column, text]) => [column, text?.trim()])) as ImportRow['values'];
  const moments = momentsOf(given);
  const person = OperatorData.safeParse({
    ...{ email: given.email, givenName: given.givenName, familyName: given.familyName },
    ...(given.locale ? { locale: given.locale } : {}),
    ...(given.taxCode ? { taxCode: given.taxCode.toUpperCase() } : {}),
    ...{ validFrom: moments.validFrom?.time ?? null, validUntil: moments.validUntil?.time ?? null },
  });
  const errors = [...(person.success ? [] : issuesOf(person.error)), ...wrongMoments(moments), ...roleErrors(given, moments)];
  if (errors.length > 0 || !person.success) return errors;
  return {
    person: { ...onlyGiven(person.data, given) },
    ...{ role: given.role ?? '', unit: given.unit ?? '', visibility: given.visibility as Visibility },
    ...{ roleFrom: moments.roleFrom?.time, roleUntil: moments.roleUntil?.time },
  };
}

const dates = ['validFrom', 'validUntil', 'roleFrom', 'roleUntil'] as const;
/** Absent: no such column. `time` is null for an empty cell, undefined for what is no moment. */
type Moments = Partial<Record<(typeof dates)[number], { time: string | null | undefined }>>;

const momentsOf = (given: ImportRow['values']): Moments =>
  Object.fromEntries(
    dates.flatMap((column) => {
      const text = given[column];
      return text === undefined ? [] : [[column, { time: text === '' ? null : momentOf(text, column) }]];
    }),
  );

/** A day counts from its beginning, or to its end, in UTC. */
function momentOf(text: string, column: (typeof dates)[number]): string | undefined {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const parsed = Moment.safeParse(isDay ? `${text}T00:00:00Z` : text);
  if (!parsed.success) return undefined;
  const isEnd = column.endsWith('Until');
  return isDay && isEnd ? new Date(Date.parse(parsed.data) + 86_400_000).toISOString() : parsed.data;
}

const wrongMoments = (moments: Moments): ImportError[] =>
  dates.filter((column) => moments[column] && moments[column].time === undefined).map((column) => ({ column, message: aMoment }));

const aMoment = 'A day (YYYY-MM-DD) or a moment (2026-12-31T18:00:00+01:00)';

function roleErrors({ role, unit, visibility }: ImportRow['values'], { roleFrom, roleUntil }: Moments): ImportError[] {
  const errors: ImportError[] = [];
  if (!role) errors.push({ column: 'role', message: 'The code of a role' });
  if (!unit) errors.push({ column: 'unit', message: 'The code of a unit' });
  if (!(visibilities as readonly string[]).includes(visibility ?? ''))
    errors.push({ column: 'visibility', message: `One of ${visibilities.join(', ')}` });
  if (roleFrom?.time && roleUntil?.time && roleFrom.time >= roleUntil.time)
    errors.push({ column: 'roleUntil', message: 'The end comes before the beginning' });
  return errors;
}

/** Without what only the defaults of a new operator say. */
function onlyGiven(data: OperatorData, given: ImportRow['values']): ImportedOperator['person'] {
  const { email, givenName, familyName } = data;
  const open = (['locale', 'taxCode', 'validFrom', 'validUntil'] as const).filter((column) => given[column] !== undefined);
  return { email, givenName, familyName, ...Object.fromEntries(open.map((column) => [column, data[column]])) };
}

const issuesOf = (error: z.ZodError): ImportError[] =>
  error.issues.map(({ path, message }) => ({ column: columnOf(String(path[0] ?? '')), message }));

/** The column that a refusal of a person or of an assignment points at. */
export function columnOfPointer({ pointer }: Pick<FieldError, 'pointer'>): ImportColumn | '' {
  const field = pointer.split('/').at(-1) ?? '';
  return field === 'unitId' ? 'unit' : columnOf(field);
}

const columnOf = (field: string): ImportColumn | '' =>
  (importColumns as readonly string[]).includes(field) ? (field as ImportColumn) : '';
