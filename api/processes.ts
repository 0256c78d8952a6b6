import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Workflow } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';

import { certificateActionStore } from '../db/stores/certificate-actions.ts';
import { requestStore } from '../db/stores/requests.ts';
import { requestMachine } from '../domain/request-state.ts';
import { certificateActionWorkflowId, type CertificateActionInput } from '../workflows/certificate-action-messages.ts';
import { reconciliationWorkflowId, type ReconciliationInput } from '../workflows/reconciliation-messages.ts';
import { requestWorkflowId, type RequestInput } from '../workflows/request-messages.ts';
import { currentRequestId } from './request-context.ts';
import type { Services } from './services.ts';

/** Long enough for a card at a slow reader, short enough for a person who waits. */
const answerWithinMs = 60_000;

/**
 * Starts the workflow of a row that is `pending_start`. Never fails the call: the row is committed, and what is not started here the reconciler
 * starts within a minute.
 */
export async function startRequest(services: Services, id: string, workflowIdReusePolicy: ReusePolicy = 'REJECT_DUPLICATE'): Promise<void> {
  const input: RequestInput = { v: 1, requestId: id };
  const started = await start(services, { type: 'request', workflowId: requestWorkflowId(id), input, workflowIdReusePolicy });
  if (started) await requestStore(services.db).markStarted({ id });
}

export interface PlannedAction {
  id: string;
  certificateId: string;
  ca: string;
  kind: 'suspension' | 'reactivation' | 'revocation';
  n: number;
}

type ReusePolicy = 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE';

/** The same for the changes of certificates that a hold, its end or a revocation has planned. */
export async function startCertificateActions(services: Services, actions: readonly PlannedAction[]): Promise<void> {
  for (const { id, certificateId, ca, kind, n } of actions) {
    const input: CertificateActionInput = { v: 1, actionId: id, ca };
    const started = await start(services, {
      type: 'certificateAction',
      workflowId: certificateActionWorkflowId(certificateId, kind, n),
      input,
    });
    if (started) await certificateActionStore(services.db).markStarted({ id });
  }
}

async function start(
  services: Services,
  what: { type: string; workflowId: string; input: object; workflowIdReusePolicy?: ReusePolicy },
): Promise<boolean> {
  try {
    await services.temporal.workflow.start<Workflow>(what.type, {
      workflowId: what.workflowId,
      taskQueue: 'main',
      args: [what.input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: what.workflowIdReusePolicy ?? 'REJECT_DUPLICATE',
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return true;
    services.log.warn(
      { requestId: currentRequestId(), workflow: what.workflowId, error: String(error) },
      'not started yet; the reconciler will',
    );
    return false;
  }
}

/**
 * Sends what an officer did to the request workflow and waits for its answer; sent again under the same `updateId` it is done once. A request
 * whose workflow was not started, or lost, is started first.
 */
export async function updateRequest<A extends [unknown, ...unknown[]]>(
  services: Services,
  message: { id: string; update: UpdateDefinition<unknown, A>; args: A; updateId: string },
): Promise<void> {
  try {
    await executeUpdate(services, message);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const { state, workflowState } = await requestStore(services.db).load(message.id);
    if (requestMachine[state].length === 0) throw error;
    // one that ran and is gone was terminated, or Temporal was restored: it begins again from the row
    await startRequest(services, message.id, workflowState === 'started' ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE');
    await executeUpdate(services, message);
  }
}

const executeUpdate = <A extends [unknown, ...unknown[]]>(
  { temporal }: Services,
  { id, update, args, updateId }: { id: string; update: UpdateDefinition<unknown, A>; args: A; updateId: string },
): Promise<unknown> =>
  temporal.withDeadline(Date.now() + answerWithinMs, () =>
    temporal.workflow.getHandle(requestWorkflowId(id)).executeUpdate<unknown, A>(update, { args, updateId }),
  );

/** Starts the comparison of a row `reconciliations`. */
export async function startReconciliation({ temporal }: Services, input: ReconciliationInput & { id: string }): Promise<void> {
  await temporal.workflow.start<Workflow>('reconciliation', {
    workflowId: reconciliationWorkflowId(input.id),
    taskQueue: 'main',
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}
