import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';

import type { ReconciliationInput } from '../workflows/reconciliation-messages.ts';

const action = (workflowType: string, args: unknown[] = []) => ({
  type: 'startWorkflow' as const,
  workflowType,
  taskQueue: 'main',
  args,
  workflowExecutionTimeout: '10 minutes' as const,
});

const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' } as const;

const schedules = (cas: Iterable<string>): ScheduleOptions[] => [
  {
    scheduleId: 'reconcile',
    // A start that Temporal's absence lost is missed by a person who waits.
    spec: { intervals: [{ every: '20 seconds' }] },
    action: { ...action('reconcile'), workflowId: 'reconcile' },
    policies,
  },
  {
    scheduleId: 'reconciliation',
    spec: { intervals: [{ every: '1 hour' }] },
    action: {
      ...action('reconciliation', [{ v: 1, complete: false, repair: true } satisfies ReconciliationInput]),
      workflowId: 'reconciliation',
      workflowExecutionTimeout: '1 hour',
    },
    policies,
  },
  ...[...cas].map((ca) => ({
    scheduleId: `publish-crl/${ca}`,
    spec: { intervals: [{ every: '15 minutes' as const }] },
    action: { ...action('publishCrl', [{ v: 1, ca }]), workflowId: `publish-crl/${ca}` },
    policies,
  })),
];

/** Makes the schedules as this release has them and runs each once, now: a system that was down has catching up to do. */
export async function ensureSchedules(client: Client, cas: Iterable<string>): Promise<void> {
  for (const schedule of schedules(cas)) {
    try {
      await client.schedule.create({ ...schedule, state: { triggerImmediately: true } });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const existing = client.schedule.getHandle(schedule.scheduleId);
      await existing.update(({ state }) => ({ ...schedule, state }));
      await existing.trigger(ScheduleOverlapPolicy.SKIP);
    }
  }
}
