import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';
import type { Logger } from 'pino';

import type { Activities } from '../activities/index.ts';
import { caQueue, stationQueue } from '../workflows/device-production-messages.ts';
import type { ObserveActivity } from './activity-metrics.ts';
import { workflowBundle } from './bundle.ts';
import { beatWhileRunning, logActivities } from './interceptors.ts';

export interface WorkerParts {
  connection: NativeConnection;
  namespace: string;
  dataConverter: DataConverter;
  activities: Activities;
  log: Logger;
  observe: ObserveActivity;
}

/** Longer than any step but the generation of RSA keys, whose activity is done again elsewhere. */
const shutdownGraceTime = '10s';

const common = ({ connection, namespace, dataConverter, activities, log, observe }: WorkerParts): Omit<WorkerOptions, 'taskQueue'> => ({
  connection,
  namespace,
  dataConverter,
  activities,
  interceptors: { activity: [beatWhileRunning, logActivities(log, observe)] },
  shutdownGraceTime,
  shutdownForceTime: '15s',
});

/** Workflows, and the steps on the database. */
export const mainWorker = async (parts: WorkerParts): Promise<Worker> =>
  Worker.create({
    ...common(parts),
    taskQueue: 'main',
    workflowBundle: await workflowBundle(),
    maxCachedWorkflows: 200,
    maxConcurrentActivityTaskExecutions: 20,
  });

/** Steps that ask one CA. */
export const caWorker = (parts: WorkerParts, ca: string): Promise<Worker> =>
  Worker.create({ ...common(parts), taskQueue: caQueue(ca), maxConcurrentActivityTaskExecutions: 10 });

/** Steps at one station. Its cards take turns at the reader; the slots beside are for the officer's hand. */
export const stationWorker = (parts: WorkerParts, stationId: string): Promise<Worker> =>
  Worker.create({ ...common(parts), taskQueue: stationQueue(stationId), maxConcurrentActivityTaskExecutions: 8 });
