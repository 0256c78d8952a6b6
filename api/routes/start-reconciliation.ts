import { v7 as uuid } from 'uuid';

import { reconciliationStore } from '../../db/stores/reconciliations.ts';
import { refOf } from '../../domain/actor.ts';
import { operation } from '../operation.ts';
import { startReconciliation as start } from '../processes.ts';
import { Reconciliation, ReconciliationOrder } from '../schemas/reconciliation.ts';

export const startReconciliation = operation({
  method: 'post',
  path: '/system/reconciliations',
  summary: 'Compare rows, workflows and the ledger of the CA; with `repair`, rebuild what is lost from the rows',
  permission: 'system.reconcile',
  status: 201,
  body: ReconciliationOrder,
  response: Reconciliation,
  handle: async ({ body, actor }, services) => {
    const store = reconciliationStore(services.db);
    const order = { id: uuid(), ...body };
    await store.open({ by: refOf(actor), ...order });
    await start(services, { v: 1, ...order });
    return store.get(order.id);
  },
});
