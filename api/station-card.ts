import type { Workflow } from '@temporalio/client';
import { v7 as uuid } from 'uuid';

import { stationCardWorkflowId, type StationCardInput, type StationCardResult } from '../workflows/station-card-messages.ts';
import type { Services } from './services.ts';

const glanceMs = 3_000;

/** What a hand does at the reader of a virtual station. Fails `unavailable` when no worker serves the station. */
export const changeCard = (
  { temporal }: Services,
  { stationId, change, call }: { stationId: string; change: StationCardInput['change']; call: string },
): Promise<StationCardResult> => {
  const input: StationCardInput = { v: 1, stationId, change };
  return temporal.workflow.execute<Workflow>('stationCard', {
    workflowId: stationCardWorkflowId(stationId, call),
    taskQueue: 'main',
    workflowExecutionTimeout: '10s',
    args: [input],
  }) as Promise<StationCardResult>;
};

/** Serial of the card in the reader, or null when it is empty or does not answer at once: a list must not wait for a reader. */
export async function cardAt(services: Services, stationId: string): Promise<string | null> {
  const look = () => changeCard(services, { stationId, change: { kind: 'status' }, call: uuid() });
  try {
    return (await services.temporal.withDeadline(Date.now() + glanceMs, look)).serial;
  } catch {
    return null;
  }
}
