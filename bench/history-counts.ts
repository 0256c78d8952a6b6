import proto from '@temporalio/proto';
import type { Client } from '@temporalio/client';

/** What the histories of some workflows and of their children hold together. */
export interface HistoryCounts {
  workflows: number;
  events: number;
  bytes: number;
  /** Events by type, such as `ACTIVITY_TASK_SCHEDULED`. */
  byType: Record<string, number>;
}

const { EventType } = proto.temporal.api.enums.v1;
const { History } = proto.temporal.api.history.v1;

export async function historyCounts(client: Client, parents: readonly string[]): Promise<HistoryCounts> {
  const counts: HistoryCounts = { workflows: 0, events: 0, bytes: 0, byType: {} };
  const ids = [...parents];
  for (const id of ids) {
    const history = await client.workflow.getHandle(id).fetchHistory();
    counts.workflows += 1;
    counts.bytes += History.encode(History.create(history)).finish().length;
    for (const { eventType, childWorkflowExecutionStartedEventAttributes: child } of history.events ?? []) {
      const type = (EventType[eventType ?? 0] ?? '').replace('EVENT_TYPE_', '');
      counts.events += 1;
      counts.byType[type] = (counts.byType[type] ?? 0) + 1;
      if (child?.workflowExecution?.workflowId) ids.push(child.workflowExecution.workflowId);
    }
  }
  return counts;
}

/**
 * Throws unless both hold the same workflows, activities, updates, timers and markers. Tasks of workflows may differ: how many there are depends
 * on what happens to arrive together.
 */
export function assertSameShape(real: HistoryCounts, empty: HistoryCounts): void {
  const told = ({ workflows, byType }: HistoryCounts) => {
    const steps = Object.entries(byType).filter(([type]) => !type.startsWith('WORKFLOW_TASK'));
    return JSON.stringify({ workflows, ...Object.fromEntries(steps.sort()) });
  };
  if (told(real) !== told(empty))
    throw new Error(`bench/shape is not the shape of a request any more: ${told(real)} is, ${told(empty)} is measured`);
}
