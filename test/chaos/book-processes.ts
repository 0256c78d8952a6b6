import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';

import { getProgress, requestWorkflowId } from '../../workflows/request-messages.ts';

/** States of a request whose workflow waits for somebody. */
const waiting = ['produced', 'delivered'];

/** The state of each workflow is that of its row; none is open without reason, none failed. */
export async function inStep(knex: Knex, client: Client): Promise<string[]> {
  const open = new Set(
    await ids(
      client,
      `ExecutionStatus = 'Running' and TaskQueue = 'main' and WorkflowType != 'reconcile' and WorkflowType != 'publishCrl'`,
    ),
  );
  const failed = await ids(
    client,
    `ExecutionStatus in ('Failed', 'Terminated', 'TimedOut') and WorkflowType in ('request', 'deviceProduction', 'certificateAction')`,
  );
  const rows = await knex('requests').select<{ id: string; state: string }[]>('id', 'state');
  const wrong = failed.map((id) => `workflow ${id} ended badly`);
  for (const { id, state } of rows) {
    const workflowId = requestWorkflowId(id);
    const isOpen = open.delete(workflowId);
    if (isOpen !== waiting.includes(state)) wrong.push(`request ${id} is ${state}, its workflow ${isOpen ? 'open' : 'ended'}`);
    else if (isOpen) wrong.push(...(await progress(client, workflowId, state)));
  }
  return [...wrong, ...[...open].map((id) => `workflow ${id} is open without reason`)];
}

async function progress(client: Client, workflowId: string, state: string): Promise<string[]> {
  const told = await client.workflow.getHandle(workflowId).query(getProgress);
  return told.state === state ? [] : [`${workflowId} says ${told.state}, its row ${state}`];
}

async function ids(client: Client, query: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  return found;
}
