import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { Logger } from 'pino';

import { requestIdIn } from '../workflows/request-id.ts';
import type { ObserveActivity } from './activity-metrics.ts';

const BEAT_MS = 3000;

/**
 * Tells Temporal that the process lives while an activity runs: one that was killed is missed within `heartbeatTimeout` of
 * workflows/activities.ts, not only when the longest time of the step has passed.
 */
export const beatWhileRunning = (context: Context): { inbound: ActivityInboundCallsInterceptor } => ({
  inbound: {
    async execute(input, next) {
      const beat = setInterval(() => context.heartbeat(), BEAT_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  },
});

/** Ids that may stand in a log, and their names there; an input holds nothing but references. */
const references = { requestId: 'request', productionId: 'production', actionId: 'action', stationId: 'station', ca: 'ca' };

/**
 * One line for each run of an activity: which, for what, how long, how it ended. No inputs, results or messages of errors. `requestId` is that
 * of the HTTP request that caused it.
 */
export const logActivities =
  (log: Logger, observe: ObserveActivity) =>
  ({ info }: Context): { inbound: ActivityInboundCallsInterceptor } => ({
    inbound: {
      async execute(input, next) {
        const started = performance.now();
        const line = {
          requestId: requestIdIn(input.headers),
          activity: info.activityType,
          attempt: info.attempt,
          workflow: info.workflowExecution?.workflowId,
          ...referencesIn(input.args[0]),
        };
        const seconds = () => (performance.now() - started) / 1000;
        const ms = () => Math.round(seconds() * 1000);
        try {
          const result = await next(input);
          observe({ activity: info.activityType, seconds: seconds() });
          log.info({ ...line, ms: ms() }, 'activity done');
          return result;
        } catch (error) {
          observe({ activity: info.activityType, seconds: seconds(), error });
          log.warn({ ...line, ms: ms(), error: kindOf(error) }, 'activity failed');
          throw error;
        }
      },
    },
  });

function referencesIn(input: unknown): Record<string, unknown> {
  const given = (input ?? {}) as Record<string, unknown>;
  const known = Object.entries(references).filter(([name]) => typeof given[name] === 'string');
  return Object.fromEntries(known.map(([name, shown]) => [shown, given[name]]));
}

const kindOf = (error: unknown): string => (error as { type?: string }).type ?? (error as Error).constructor.name;
