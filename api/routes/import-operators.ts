import type { Knex } from 'knex';

import { importOperator, type ImportOutcome } from '../../db/stores/operator-import.ts';
import type { Actor } from '../../domain/actor.ts';
import { errorCodeOf, fieldErrorsOf, type ErrorCode } from '../../domain/errors.ts';
import { columnOfPointer, importedOperator, type ImportError, type ImportRow } from '../../domain/operator-import.ts';
import { operation } from '../operation.ts';
import { OperatorImport, OperatorImportReport } from '../schemas/operator-import.ts';

export const importOperators = operation({
  method: 'post',
  path: '/operators/import',
  summary: 'Add operators, or change them, by rows of a file: each as by hand, refused rows are told, the same rows again change nothing',
  permission: 'operator.manage',
  stepUp: true,
  body: OperatorImport,
  response: OperatorImportReport,
  handle: async ({ body: { dryRun, ...given }, actor: by }, { db }) => ({
    rows: await (dryRun ? tried : imported)(db, { by, ...given }),
  }),
});

interface Rows {
  by: Actor;
  rows: readonly ImportRow[];
  invites: boolean;
}

interface RowReport {
  line: number;
  outcome: ImportOutcome | 'refused';
  errors: (ImportError & { code: ErrorCode })[];
}

async function imported(knex: Knex, { rows, ...how }: Rows): Promise<RowReport[]> {
  const reports: RowReport[] = [];
  for (const row of rows) reports.push(await importRow(knex, row, how));
  return reports;
}

/** Does all of it and takes it back: what is told is what would come of it, also of rows that depend on each other. */
async function tried(knex: Knex, given: Rows): Promise<RowReport[]> {
  const trx = await knex.transaction();
  try {
    return await imported(trx, given);
  } finally {
    await trx.rollback();
  }
}

async function importRow(knex: Knex, given: ImportRow, how: Omit<Rows, 'rows'>): Promise<RowReport> {
  const { line } = given;
  const row = importedOperator(given);
  if (Array.isArray(row)) return { line, outcome: 'refused', errors: row.map((error) => ({ ...error, code: 'invalid_input' })) };
  try {
    return { line, outcome: await importOperator(knex, { row, ...how }), errors: [] };
  } catch (error) {
    return { line, outcome: 'refused', errors: refusalOf(error) };
  }
}

/** What the rules refuse is told with the row; anything else fails the call. */
function refusalOf(error: unknown): RowReport['errors'] {
  const code = errorCodeOf(error);
  if (code === undefined) throw error;
  const fields = fieldErrorsOf(error);
  if (fields.length === 0) return [{ column: '', message: (error as Error).message, code }];
  return fields.map((field) => ({ column: columnOfPointer(field), message: field.message, code }));
}
