import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { Logger } from 'pino';

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

/** Ids that may stand in a log; an input holds nothing but references. */
const references = ['requestId', 'productionId', 'actionId', 'stationId', 'ca'] as const;

/** One line for each run of an activity: which, for what, how long, how it ended. No inputs, results or messages of errors. */
export const logActivities =
  (log: Logger) =>
  ({ info }: Context): { inbound: ActivityInboundCallsInterceptor } => ({
    inbound: {
      async execute(input, next) {
        const started = performance.now();
        const line = {
          activity: info.activityType,
          attempt: info.attempt,
          workflow: info.workflowExecution?.workflowId,
          ...referencesIn(input.args[0]),
        };
        const ms = () => Math.round(performance.now() - started);
        try {
          const result = await next(input);
          log.info({ ...line, ms: ms() }, 'activity done');
          return result;
        } catch (error) {
          log.warn({ ...line, ms: ms(), error: kindOf(error) }, 'activity failed');
          throw error;
        }
      },
    },
  });

function referencesIn(input: unknown): Record<string, unknown> {
  const given = (input ?? {}) as Record<string, unknown>;
  return Object.fromEntries(references.filter((name) => typeof given[name] === 'string').map((name) => [name, given[name]]));
}

const kindOf = (error: unknown): string => (error as { type?: string }).type ?? (error as Error).constructor.name;
