// Run as a process of its own, whose CPU is the cost of worker and client: leads as many shapes as its parent says.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { serve } from '../child.ts';
import { load } from '../http-load.ts';
import { shapeActivities } from './activities.ts';
import { decide, produce, type requestShape } from './workflows.ts';

export interface ShapeOrder {
  count: number;
  atOnce: number;
}
export interface ShapeAnswer {
  /** Of the workflows, `requestShape` ones. */
  ids: string[];
}

const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = process.env;
const silent = new DefaultLogger('ERROR', () => {});
Runtime.install({ logger: silent });
const connection = await NativeConnection.connect({ address });
const client = new Client({ connection: await Connection.connect({ address }), namespace });

const ends = new Map<string, () => void>();
const activities = shapeActivities((id) => ends.get(id)?.());
const workflowsPath = fileURLToPath(new URL('./workflows.ts', import.meta.url));
const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: silent });
// Where the product has a worker, the shape has one.
const workers = await Promise.all([
  Worker.create({ connection, namespace, activities, taskQueue: 'shape', workflowBundle, maxCachedWorkflows: 200 }),
  ...['shape-ca', 'shape-station'].map((taskQueue) => Worker.create({ connection, namespace, activities, taskQueue })),
]);
const running = Promise.all(workers.map((worker) => worker.run()));

async function lead(): Promise<string> {
  const id = randomUUID();
  const input = { v: 1, id } as const;
  const completed = new Promise<void>((resolve) => ends.set(id, resolve));
  const handle = await client.workflow.start<typeof requestShape>('requestShape', {
    workflowId: `shape/${id}`,
    taskQueue: 'shape',
    args: [input],
  });
  await handle.executeUpdate(decide, { args: [input], updateId: randomUUID() });
  await handle.executeUpdate(produce, { args: [input], updateId: randomUUID() });
  await completed;
  return handle.workflowId;
}

await serve(async ({ count, atOnce }: ShapeOrder): Promise<ShapeAnswer> => {
  const ids: string[] = [];
  await load(count, atOnce, async () => ids.push(await lead()));
  return { ids };
});
for (const worker of workers) worker.shutdown();
await running;
await client.connection.close();
await connection.close();
