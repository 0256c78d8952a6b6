import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { startChild } from '@temporalio/workflow';

import type { certificateAction } from './certificate-action.ts';
import { certificateActionWorkflowId } from './certificate-action-messages.ts';

/** A row of `certificate_actions` whose workflow is to be started. */
export interface PlannedAction {
  actionId: string;
  certificateId: string;
  kind: 'suspension' | 'reactivation' | 'revocation';
  n: number;
  ca: string;
}

/** Starts the actions, which go on by themselves whatever becomes of this workflow. One that runs already is as good. */
export async function startActions(actions: readonly PlannedAction[]): Promise<void> {
  for (const { actionId, certificateId, kind, n, ca } of actions) {
    await startUnlessRunning(() =>
      startChild<typeof certificateAction>('certificateAction', {
        workflowId: certificateActionWorkflowId(certificateId, kind, n),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        parentClosePolicy: 'ABANDON',
        args: [{ v: 1, actionId, ca }],
      }),
    );
  }
}

/** Starts a workflow; one of the same id that runs, or ran well, counts as started. */
export async function startUnlessRunning(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
