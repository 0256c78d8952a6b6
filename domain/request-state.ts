import type { Machine } from './machine.ts';

export const requestStates = [
  'draft',
  'submitted',
  'pending_approval',
  'approved',
  'in_production',
  'produced',
  'delivered',
  'activated',
  'closed',
  'rejected',
  'cancelled',
  'expired',
  'failed',
] as const;
export type RequestState = (typeof requestStates)[number];

/** Life of a request. `pending_approval` carries the step; back arrows: amended data void approvals, a spoiled card is made again. */
export const requestMachine: Machine<RequestState> = {
  draft: ['submitted', 'cancelled'],
  submitted: ['pending_approval', 'approved', 'cancelled', 'failed'],
  pending_approval: ['pending_approval', 'approved', 'rejected', 'cancelled', 'expired', 'failed'],
  approved: ['in_production', 'pending_approval', 'cancelled', 'expired', 'failed'],
  in_production: ['produced', 'approved', 'failed', 'cancelled'],
  produced: ['delivered', 'cancelled', 'failed'],
  delivered: ['activated', 'expired', 'failed', 'cancelled'],
  activated: ['closed'],
  closed: [],
  rejected: [],
  cancelled: [],
  expired: [],
  failed: [],
};

/** Nobody has begun to make a card: what a unit that closes hands over to the one above. */
export const statesBeforeProduction = ['draft', 'submitted', 'pending_approval', 'approved'] as const satisfies RequestState[];
/** On its way, or come to its good end; the rest ended without a card in use. */
export const activeStates = [...statesBeforeProduction, 'in_production', 'produced', 'delivered'] as const satisfies RequestState[];
export const completedStates = ['activated', 'closed'] as const satisfies RequestState[];

/** What a request waits for; `null` in the row when it waits for nothing. Shown with since when and what happens next. */
export const requestWaits = ['approval', 'production', 'card', 'ca', 'delivery', 'activation', 'hsm', 'system'] as const;
export type RequestWait = (typeof requestWaits)[number];
