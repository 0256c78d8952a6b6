import { z } from 'zod';

import { findingKinds } from '../../db/stores/reconciliations.ts';
import { Count, Id, shown, Time } from './common.ts';

export const ReconciliationOrder = z.strictObject({
  /** Ask each workflow what it knows, and compare the CA's ledger; else see only whether the workflows are there. */
  complete: z.boolean().default(true),
  repair: z.boolean().default(false),
});

export const Finding = z
  .object({
    what: shown(findingKinds),
    objectId: z.string(),
    label: z.string(),
    rowState: z.string().nullable(),
    otherState: z.string(),
    /** What was done about it, `reported` for nothing; null while it was seen once only. */
    done: z.string().nullable(),
  })
  .meta({ id: 'Finding' });

export const Reconciliation = z
  .object({
    id: Id,
    complete: z.boolean(),
    repair: z.boolean(),
    checked: Count,
    startedAt: Time,
    endedAt: Time.nullable(),
  })
  .meta({ id: 'Reconciliation' });
