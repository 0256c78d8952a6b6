import { proxyActivities, type ActivityCancellationType, type ActivityInterfaceFor } from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';
import { caQueue, stationQueue } from './device-production-messages.ts';

/**
 * What the activities retry by themselves they say (`retrying` in activities/waiting.ts: with the time of the next attempt, which the row
 * shows); this policy is for what they cannot: a worker that died, a database that is gone. An expected failure is final.
 */
const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;

/** The worker beats every three seconds while a step runs (worker/interceptors.ts); one that does not for so long is dead. */
const heartbeatTimeout = '15s';

/** Steps on the database: short. */
const onMain = (cancellationType?: ActivityCancellationType): ActivityInterfaceFor<Activities> =>
  proxyActivities<Activities>({ startToCloseTimeout: '30s', heartbeatTimeout, retry, ...(cancellationType && { cancellationType }) });
export const main = onMain();

/** Steps over every open row: minutes where there are a hundred thousand. A worker that dies begins the step again. */
export const sweeping = proxyActivities<Activities>({ startToCloseTimeout: '3 hours', heartbeatTimeout, retry });

/** Steps that ask a CA, which may be slow to answer. */
export const ca = (code: string, cancellationType?: ActivityCancellationType): ActivityInterfaceFor<Activities> =>
  proxyActivities<Activities>({
    taskQueue: caQueue(code),
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout,
    retry,
    ...(cancellationType && { cancellationType }),
  });

/** Steps with a card: RSA keys may take a minute. A station that takes no step for so long is not there, and a person must choose another. */
export const station = (id: string, cancellationType?: ActivityCancellationType): ActivityInterfaceFor<Activities> =>
  proxyActivities<Activities>({
    taskQueue: stationQueue(id),
    startToCloseTimeout: '5 minutes',
    scheduleToStartTimeout: '15 minutes',
    heartbeatTimeout,
    retry,
    ...(cancellationType && { cancellationType }),
  });

/**
 * The same steps, where a cancellation waits for the step that runs: what it still does must be known before anything is cleared away. A card
 * that is given up while its certificate is being ordered would leave a valid one behind.
 */
export const waitedFor = {
  main: onMain('WAIT_CANCELLATION_COMPLETED'),
  ca: (code: string) => ca(code, 'WAIT_CANCELLATION_COMPLETED'),
  station: (id: string) => station(id, 'WAIT_CANCELLATION_COMPLETED'),
};

/** Steps with a card while a person waits for the answer: given up within a minute. */
export const stationNow = (id: string): ActivityInterfaceFor<Activities> =>
  proxyActivities<Activities>({
    taskQueue: stationQueue(id),
    scheduleToCloseTimeout: '50s',
    scheduleToStartTimeout: '20s',
    heartbeatTimeout,
    retry,
  });
