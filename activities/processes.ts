import type { WorkflowLook } from '../domain/reconciliation.ts';
import type { StartableAction } from './startable-action.ts';

/** The workflows as a comparison with the rows sees them. */
export interface Processes {
  /** Ids of the requests whose workflow runs; a moment behind. */
  runningRequests(): AsyncIterable<string>;
  /** As it is now; with `ask` also what the run knows. */
  lookAtRequest(id: string, options: { ask: boolean }): Promise<WorkflowLook>;
  lookAtProduction(deviceId: string, n: number): Promise<WorkflowLook>;
  lookAtAction(action: StartableAction): Promise<WorkflowLook>;
  /** From the row, also where a workflow of that id has ended before; one that runs is left as it is. */
  startRequest(id: string): Promise<void>;
  startAction(action: StartableAction): Promise<void>;
  /** Ends this run of a request, and no other. */
  endRequest(id: string, run: { runId: string; reason: string }): Promise<void>;
}
