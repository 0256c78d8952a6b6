import { z } from 'zod';

import { reconciliationStore } from '../../db/stores/reconciliations.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Finding, Reconciliation } from '../schemas/reconciliation.ts';

const limit = 500;

export const readReconciliation = operation({
  method: 'get',
  path: '/system/reconciliations/{id}',
  summary: 'What a comparison found, and what was done about it; complete once it has ended',
  permission: 'system.reconcile',
  params: ById,
  query: z.strictObject({ afterWhat: z.string().max(100).optional(), afterObject: z.string().max(300).optional() }),
  response: Reconciliation.extend({ findings: z.array(Finding), more: z.boolean() }).meta({ id: 'ReconciliationReport' }),
  handle: async ({ params: { id }, query: { afterWhat, afterObject } }, { db }) => {
    const store = reconciliationStore(db);
    const row = await store.get(id);
    const after = afterWhat !== undefined && afterObject !== undefined ? { what: afterWhat, objectId: afterObject } : undefined;
    const findings = await store.findings({ id, after, limit });
    return { ...row, findings, more: findings.length === limit };
  },
});
