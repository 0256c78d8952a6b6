import { expect, test } from 'vitest';

import { isCertain, judgeAction, judgeRequest, type RequestLook, type Verdict, type WorkflowLook } from './reconciliation.ts';

const missing: WorkflowLook = { status: 'missing' };
const closed: WorkflowLook = { status: 'closed', how: 'TERMINATED' };
const running = (more: Partial<Extract<WorkflowLook, { status: 'running' }>> = {}): WorkflowLook => ({
  ...{ status: 'running', runId: 'r', historyLength: 10, busy: false },
  ...more,
});
const row = (state: RequestLook['state'], more: Partial<RequestLook> = {}): RequestLook => ({
  ...{ state, workflowState: 'started', step: null },
  ...more,
});

const table: [string, RequestLook | undefined, WorkflowLook, Verdict][] = [
  ['a draft has no workflow', row('draft', { workflowState: 'none' }), missing, 'agrees'],
  ['just submitted, not started yet', row('submitted', { workflowState: 'pending_start' }), missing, 'wait'],
  ['submitted, its run was terminated', row('submitted', { workflowState: 'pending_start' }), closed, 'start'],
  ['open and lost', row('approved'), missing, 'start'],
  ['open and terminated by hand', row('pending_approval', { step: 0 }), closed, 'start'],
  ['open and running, not asked', row('produced'), running(), 'agrees'],
  ['both know the same state', row('delivered'), running({ state: 'delivered', step: 1 }), 'agrees'],
  ['both know the same step', row('pending_approval', { step: 1 }), running({ state: 'pending_approval', step: 1 }), 'agrees'],
  ['the run is a step behind', row('pending_approval', { step: 1 }), running({ state: 'pending_approval', step: 0 }), 'restart'],
  ['the run is behind', row('produced'), running({ state: 'approved', step: 1 }), 'restart'],
  ['the run is ahead', row('approved'), running({ state: 'produced', step: 1 }), 'restart'],
  ['it differs because a step is under way', row('produced'), running({ state: 'in_production', step: 1, busy: true }), 'wait'],
  ['the card is being made', row('in_production', { childRuns: true }), running({ state: 'in_production', step: 1 }), 'agrees'],
  ['the run of the card is gone', row('in_production', { childRuns: false }), running({ state: 'in_production', step: 1 }), 'restart'],
  ['ended, and its run waits on', row('closed', { workflowState: 'ended' }), running(), 'end'],
  ['ended, and its run is about to end', row('closed', { workflowState: 'ended' }), running({ busy: true }), 'wait'],
  ['ended, only the mark is missing', row('rejected'), closed, 'mark'],
  ['ended long ago', row('closed', { workflowState: 'ended' }), missing, 'agrees'],
  ['a run of which the database knows nothing', undefined, running(), 'end'],
  ['nothing here, nothing there', undefined, closed, 'agrees'],
];

test.each(table)('%s', (_, sql, workflow, verdict) => {
  expect(judgeRequest(sql, workflow)).toBe(verdict);
});

test.each<[string, string, WorkflowLook, Verdict]>([
  ['not started yet', 'pending_start', missing, 'wait'],
  ['carried out at this moment', 'started', running({ busy: true }), 'agrees'],
  ['lost', 'started', missing, 'start'],
  ['terminated', 'started', closed, 'start'],
  ['published', 'ended', missing, 'agrees'],
])('a change of a certificate that is %s', (_, workflowState, workflow, verdict) => {
  expect(judgeAction({ workflowState }, workflow)).toBe(verdict);
});

test('nothing is certain that was seen once, or that moved between two looks', () => {
  const seen = (verdict: Verdict, look: WorkflowLook) => ({ verdict, look });
  expect(isCertain(seen('start', missing), seen('start', missing))).toBe(true);
  expect(isCertain(seen('start', closed), seen('start', missing))).toBe(false);
  expect(isCertain(seen('restart', running()), seen('restart', running()))).toBe(true);
  expect(isCertain(seen('restart', running()), seen('end', running()))).toBe(false);
  expect(isCertain(seen('restart', running()), seen('restart', running({ historyLength: 11 })))).toBe(false);
  expect(isCertain(seen('restart', running()), seen('restart', running({ runId: 's' })))).toBe(false);
});
