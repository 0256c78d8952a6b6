import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';

import type { Processes } from '../activities/processes.ts';
import type { WorkflowLook } from '../domain/reconciliation.ts';
import { certificateActionWorkflowId, type CertificateActionInput } from '../workflows/certificate-action-messages.ts';
import { productionWorkflowId } from '../workflows/device-production-messages.ts';
import { getProgress, requestWorkflowId, type RequestInput, type RequestProgress } from '../workflows/request-messages.ts';

const answerWithinMs = 10_000;
const prefix = requestWorkflowId('');

/** Rows and workflows are compared through this: what runs, what it knows, begin and end. */
export function temporalProcesses(client: Client): Processes {
  const look = (workflowId: string) => lookAt(client, workflowId);
  const start = (type: string, workflowId: string, input: object) => startAgain(client, { type, workflowId, input });
  return {
    async *runningRequests() {
      const running = client.workflow.list({ query: `WorkflowType = 'request' AND ExecutionStatus = 'Running'`, pageSize: 1000 });
      for await (const { workflowId } of running) yield workflowId.slice(prefix.length);
    },
    lookAtRequest: async (id, { ask }) => {
      const found = await look(requestWorkflowId(id));
      return ask && found.status === 'running' ? { ...found, ...(await askRun(client, requestWorkflowId(id), found.runId)) } : found;
    },
    lookAtProduction: (deviceId, n) => look(productionWorkflowId(deviceId, n)),
    lookAtAction: ({ certificateId, kind, n }) => look(certificateActionWorkflowId(certificateId, kind, n)),
    startRequest: (requestId) => start('request', requestWorkflowId(requestId), { v: 1, requestId } satisfies RequestInput),
    startAction: ({ actionId, certificateId, ca, kind, n }) =>
      start('certificateAction', certificateActionWorkflowId(certificateId, kind, n), {
        v: 1,
        actionId,
        ca,
      } satisfies CertificateActionInput),
    endRequest: async (id, { runId, reason }) => {
      await client.workflow.getHandle(requestWorkflowId(id), runId).terminate(reason).catch(unlessGone);
    },
  };
}

async function lookAt(client: Client, workflowId: string): Promise<WorkflowLook> {
  try {
    return lookOf(await client.workflow.getHandle(workflowId).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { status: 'missing' };
    throw error;
  }
}

function lookOf({ status, runId, historyLength, raw }: WorkflowExecutionDescription): WorkflowLook {
  if (status.name !== 'RUNNING') return { status: 'closed', how: status.name };
  const busy = (raw.pendingActivities?.length ?? 0) > 0 || raw.pendingWorkflowTask != null;
  return { status: 'running', runId, historyLength, busy };
}

/** A run that gives no answer has no worker, or its code fails: it counts as busy, and nothing is done to it. */
async function askRun(client: Client, workflowId: string, runId: string): Promise<Partial<RequestProgress> & { busy?: true }> {
  try {
    return await client.withDeadline(Date.now() + answerWithinMs, () =>
      client.workflow.getHandle(workflowId, runId).query<RequestProgress>(getProgress),
    );
  } catch {
    return { busy: true };
  }
}

async function startAgain(client: Client, { type, workflowId, input }: { type: string; workflowId: string; input: object }): Promise<void> {
  const options = { workflowId, taskQueue: 'main', args: [input], workflowIdReusePolicy: 'ALLOW_DUPLICATE' } as const;
  try {
    await client.workflow.start(type, options);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
