import { startChild } from '@temporalio/workflow';

import { main } from './activities.ts';
import type { request } from './request.ts';
import { requestWorkflowId } from './request-messages.ts';
import { startActions, startUnlessRunning } from './start-actions.ts';

/**
 * Starts what a crash left unstarted: the row is written before the start, so a row that waits has lost its start. Also sweeps up what only
 * time makes superfluous. Runs each 20 seconds and is safe to run twice at once.
 */
export async function reconcile(): Promise<{ requests: number; actions: number }> {
  const { requestIds, actions } = await main.findUnstarted();
  for (const requestId of requestIds) {
    await startUnlessRunning(() =>
      startChild<typeof request>('request', {
        workflowId: requestWorkflowId(requestId),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        parentClosePolicy: 'ABANDON',
        args: [{ v: 1, requestId }],
      }),
    );
  }
  await startActions(actions);
  if (requestIds.length + actions.length > 0) await main.markStarted({ requestIds, actionIds: actions.map((a) => a.actionId) });
  return { requests: requestIds.length, actions: actions.length };
}
