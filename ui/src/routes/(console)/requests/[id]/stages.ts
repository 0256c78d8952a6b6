import type { RequestDetail } from '#lib/api/types.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

import { missingVotes, standingVotes } from './votes.ts';

export interface Stage {
  id: 'registered' | 'approval' | 'production' | 'delivery' | 'activation';
  label: string;
  state: 'done' | 'now' | 'run' | 'fail' | 'ahead';
}

const order = ['registered', 'approval', 'production', 'delivery', 'activation'] as const;

/** How far a request came: the stage it is in, and how that stage stands. */
function standing(request: RequestDetail): { at: number; state: Stage['state'] } {
  switch (request.state) {
    case 'draft':
      return { at: 0, state: 'now' };
    case 'submitted':
      return { at: 1, state: 'run' };
    case 'pending_approval':
      return { at: 1, state: 'now' };
    case 'approved':
      return { at: 2, state: 'now' };
    case 'in_production':
      return { at: 2, state: request.production?.state === 'stopped' ? 'fail' : 'run' };
    case 'produced':
      return { at: 3, state: 'now' };
    case 'delivered':
      return { at: 4, state: 'now' };
    case 'activated':
    case 'closed':
      return { at: 5, state: 'done' };
    default:
      return { at: reached(request), state: 'fail' };
  }
}

/** The stage in which a request that was rejected, cancelled, expired or failed came to its end. */
function reached({ times }: RequestDetail): number {
  if (times.deliveredAt) return 4;
  if (times.producedAt) return 3;
  if (times.approvedAt) return 2;
  return times.submittedAt ? 1 : 0;
}

/** The stages of the whole, for the track above the page. */
export function stagesOf(request: RequestDetail): Stage[] {
  const t = i18n.t.request;
  const { at, state } = standing(request);
  const steps = request.approval.steps.length;
  return order.map((id, i) => ({
    id,
    label: id === 'approval' && i === at && steps > 1 ? t.approvalOf(Math.min(request.approval.step + 1, steps), steps) : t.track[id],
    state: i < at ? 'done' : i === at ? state : 'ahead',
  }));
}

/** What the badge adds to the state: the step of the approval, or of the stopped production. */
export function addition(request: RequestDetail): string | undefined {
  const t = i18n.t.states;
  const steps = request.approval.steps.length;
  if (request.state === 'pending_approval' && steps > 1) return t.stepOf(request.approval.step + 1, steps);
  return undefined;
}

/** The number (from 1) of the step at which a production stopped, if it did. */
export function stoppedStep(request: RequestDetail): number | undefined {
  if (request.production?.state !== 'stopped') return undefined;
  const i = request.production.steps.findIndex((s) => s.state !== 'done');
  return i < 0 ? undefined : i + 1;
}

/** The open step of the approval, and how many votes it still needs. */
export function openStep(request: RequestDetail): { name: string; missing: number } | undefined {
  const step = request.approval.steps[request.approval.step];
  return step && { name: step.name, missing: missingVotes(step.quorum, standingVotes(request, request.approval.step).length) };
}
