import { Histogram, type Registry } from 'prom-client';

import { errorCodeOf } from '../domain/errors.ts';

/** Tells how one run of an activity ended: without an error, or with this one. */
export type ObserveActivity = (run: { activity: string; seconds: number; error?: unknown }) => void;

/** Runs of activities: `refused` is an expected answer that a person acts on, `failed` is what Temporal tries again. */
export function activityMetrics(registry: Registry): ObserveActivity {
  const seconds = new Histogram({
    name: 'smartcms_activity_seconds',
    help: 'Runs of activities, by type and outcome.',
    labelNames: ['activity', 'outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers: [registry],
  });
  return ({ activity, seconds: value, error }) => {
    const outcome = error === undefined ? 'done' : errorCodeOf(error) === undefined ? 'failed' : 'refused';
    seconds.observe({ activity, outcome }, value);
  };
}
