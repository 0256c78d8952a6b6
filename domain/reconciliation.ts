import type { RequestState } from './request-state.ts';
import { requestMachine } from './request-state.ts';

/** What Temporal says about a workflow. `state` and `step` only where it was asked; `busy`: something it began is not over. */
export type WorkflowLook =
  | { status: 'missing' }
  | { status: 'closed'; how: string }
  | { status: 'running'; runId: string; historyLength: number; busy: boolean; state?: RequestState; step?: number };

/** What the row of a request says; `childRuns` only where a card is being made and its workflow was asked for. */
export interface RequestLook {
  state: RequestState;
  workflowState: 'none' | 'pending_start' | 'started' | 'ended';
  step: number | null;
  childRuns?: boolean;
}

/**
 * What is to be done so that both agree. `wait`: something is under way, look later. `start`: begin again from the row. `restart`: the
 * run knows something else than the row, it is ended and begun again. `end`: it has nothing left to do. `mark`: only the mark on the row is missing.
 */
export type Verdict = 'agrees' | 'wait' | 'start' | 'restart' | 'end' | 'mark';

const isOpen = ({ state, workflowState }: RequestLook): boolean => workflowState !== 'none' && requestMachine[state].length > 0;

/** The row is the truth; `undefined`: there is none. */
export function judgeRequest(row: RequestLook | undefined, workflow: WorkflowLook): Verdict {
  if (!row || !isOpen(row)) return judgeEnded(row, workflow);
  if (row.workflowState === 'pending_start' && workflow.status === 'missing') return 'wait'; // who wrote it, or the minute's round, starts it
  if (workflow.status !== 'running') return 'start';
  const known = workflow.state === undefined || (workflow.state === row.state && sameStep(row, workflow.step));
  if (known && row.childRuns !== false) return 'agrees';
  return workflow.busy ? 'wait' : 'restart';
}

function judgeEnded(row: RequestLook | undefined, workflow: WorkflowLook): Verdict {
  if (workflow.status === 'running') return workflow.busy ? 'wait' : 'end';
  return row?.workflowState === 'started' || row?.workflowState === 'pending_start' ? 'mark' : 'agrees';
}

/** Only while it is decided does the step say anything. */
const sameStep = (row: RequestLook, step: number | undefined): boolean => row.state !== 'pending_approval' || (row.step ?? 0) === step;

/** A change of a certificate that is not published yet needs a run; the run itself remembers nothing. */
export const judgeAction = (row: { workflowState: string }, workflow: WorkflowLook): Verdict => {
  if (workflow.status === 'running' || row.workflowState === 'ended') return 'agrees';
  return row.workflowState === 'pending_start' && workflow.status === 'missing' ? 'wait' : 'start';
};

/** Seen twice, some time apart: the same verdict, and of a run that is to be ended also that it did not move in between. */
export function isCertain(first: { verdict: Verdict; look: WorkflowLook }, second: { verdict: Verdict; look: WorkflowLook }): boolean {
  if (first.verdict !== second.verdict) return false;
  if (first.look.status !== 'running' || second.look.status !== 'running') return first.look.status === second.look.status;
  return first.look.runId === second.look.runId && first.look.historyLength === second.look.historyLength;
}
