import { DefaultLogger, type Logger as TemporalLogger } from '@temporalio/worker';
import type { Logger } from 'pino';

import { withoutData } from '../connectors/log/without-data.ts';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Said at the start of each worker of a capability: only `main` runs workflows. */
const expected = 'No workflows registered, not polling for workflow tasks';

/** The SDK's own lines in our log: from warnings on, because each activity has its line from `logActivities`. */
export const temporalLogger = (log: Logger): TemporalLogger =>
  new DefaultLogger('WARN', ({ level, message, meta }) => {
    if (message === expected) return;
    const { workflowId, activityType, error } = (meta ?? {}) as Record<string, unknown>;
    log[levels[level]](
      { workflow: workflowId, activity: activityType, ...(error instanceof Error && { error: withoutData(error) }) },
      message,
    );
  });
