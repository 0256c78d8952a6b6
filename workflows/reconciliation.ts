import { sleep, workflowInfo } from '@temporalio/workflow';

import { sweeping } from './activities.ts';
import type { ReconciliationInput } from './reconciliation-messages.ts';

/** Long enough that what was on its way at the first look has arrived at the second. */
const distance = '5s';

/**
 * Compares the rows with their workflows, twice at a distance, because in a system at work something is always on its way. The report is in
 * the tables `reconciliations` and `reconciliation_findings`.
 */
export async function reconciliation({ id = workflowInfo().firstExecutionRunId, complete, repair }: ReconciliationInput): Promise<void> {
  const order = { id, complete, repair };
  const { checked } = await sweeping.findDifferences(order);
  await sleep(distance);
  await sweeping.settleDifferences({ ...order, checked });
}
