import { z } from 'zod';

import { errorCodes } from '../../domain/errors.ts';
import { importColumns, mostImportRows } from '../../domain/operator-columns.ts';
import { ImportRow } from '../../domain/operator-import.ts';
import { shown } from './common.ts';

export const OperatorImport = z
  .strictObject({
    rows: z.array(ImportRow).min(1).max(mostImportRows),
    invites: z.boolean().default(false).meta({ description: 'Who is new gets a mail by which they choose a password' }),
    dryRun: z.boolean().default(false).meta({ description: 'Tell what would come of it, and leave everything as it is' }),
  })
  .meta({ id: 'OperatorImport' });

export const OperatorImportReport = z
  .object({
    rows: z.array(
      z.object({
        line: z.int(),
        outcome: shown(['created', 'changed', 'unchanged', 'refused']),
        errors: z.array(
          z.object({
            column: shown(['', ...importColumns]).meta({ description: 'Empty: the row as a whole' }),
            message: z.string(),
            code: shown(Object.keys(errorCodes) as [string, ...string[]]),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'OperatorImportReport' });
