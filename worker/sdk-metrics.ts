import type { RuntimeOptions } from '@temporalio/worker';

interface Config {
  METRICS_HOST: string;
  TEMPORAL_METRICS_PORT?: number | undefined;
}

/** The figures that the Temporal SDK keeps itself (slots, polls, failures of workflow tasks), on a port of their own if one is configured. */
export function sdkMetrics({ METRICS_HOST, TEMPORAL_METRICS_PORT }: Config): Pick<RuntimeOptions, 'telemetryOptions'> {
  if (TEMPORAL_METRICS_PORT === undefined) return {};
  const bindAddress = `${METRICS_HOST}:${TEMPORAL_METRICS_PORT}`;
  return { telemetryOptions: { metrics: { prometheus: { bindAddress, useSecondsForDurations: true, countersTotalSuffix: true } } } };
}
