import { setTimeout as delay } from 'node:timers/promises';

import { ApiError, type ApiClient } from '../cli/api-client.ts';
import type { RequestDetail } from '../cli/api-types.ts';
import { officersFor, type Crew } from '../cli/issue/crew.ts';
import { findRequest, register } from '../cli/issue/issue-row.ts';
import type { PersonRow } from '../cli/issue/person-row.ts';
import { approve, finishProduction, settle, startProduction, type Desk } from '../cli/issue/request-steps.ts';
import { activationCode } from './demo-mail.ts';
import { activationPassword } from './seed-operators.ts';

/** How far a holder of the demonstration gets. */
export type DemoGoal =
  'draft' | 'pending_approval' | 'approved' | 'produced' | 'delivered' | 'active' | 'suspended' | 'revoked' | 'rejected' | 'cancelled';

export interface DemoContext {
  crew: Crew;
  helpDesk: ApiClient;
  /** Signed in as nobody: a holder activates. */
  portal: ApiClient;
  mailUrl: string;
}

/** The states on the way, in order; each goal is one of them, or a step aside from one of them. */
const way = [
  'draft',
  'submitted',
  'pending_approval',
  'approved',
  'in_production',
  'produced',
  'delivered',
  'activated',
  'closed',
] as const;
const along: Record<DemoGoal, (typeof way)[number]> = {
  draft: 'draft',
  pending_approval: 'pending_approval',
  approved: 'approved',
  produced: 'produced',
  delivered: 'delivered',
  active: 'activated',
  suspended: 'activated',
  revoked: 'activated',
  rejected: 'pending_approval',
  cancelled: 'pending_approval',
};

/** Brings a person to a goal through the API, from wherever they are. False when they were there. */
export async function bringTo(goal: DemoGoal, person: PersonRow, context: DemoContext): Promise<boolean> {
  const desk = deskFor(person, context.crew);
  const found = await findRequest(desk.registrar, person);
  let request = found ?? (await register(desk, person, goal !== 'draft'));
  let moved = !found;
  while (way.indexOf(request.state as 'draft') >= 0 && way.indexOf(request.state as 'draft') < way.indexOf(along[goal])) {
    request = await step(request, { desk, person, context });
    moved = true;
  }
  return (await aside(goal, request, { desk, person, context })) || moved;
}

/** A registrar and the approvers of the person's office, the nearest first. */
export const deskFor = ({ unit }: Pick<PersonRow, 'unit'>, crew: Crew): Desk => {
  const [registrar] = officersFor(crew.registrars, unit.id);
  if (!registrar) throw new Error(`The demonstration has no registrar for ${unit.name}.`);
  return {
    registrar,
    approvers: officersFor(crew.approvers, unit.id),
    unit,
    station: undefined,
    attempts: 0,
    resumptions: 0,
    turns: crew.turns,
  };
};

interface Work {
  desk: Desk;
  person: PersonRow;
  context: DemoContext;
}

/** The next step of somebody's. */
async function step(request: RequestDetail, work: Work): Promise<RequestDetail> {
  const { desk } = work;
  switch (request.state) {
    case 'draft':
      return desk.registrar.client.post(`/requests/${request.id}/submission`);
    case 'submitted':
      return settle(desk, request);
    case 'pending_approval':
      return approve(desk, request);
    case 'approved':
      return startProduction(desk, request);
    case 'in_production':
      return finishProduction(desk, request);
    case 'produced':
      return deliver(request, desk);
    default:
      return activate(request, work);
  }
}

const DELIVERY_TRIES = 50;

/** The row says `produced` a moment before its process has heard of it, and nobody is as quick as we are. */
async function deliver(request: RequestDetail, desk: Desk, tries = DELIVERY_TRIES): Promise<RequestDetail> {
  try {
    return await desk.registrar.client.post<RequestDetail>(`/requests/${request.id}/delivery`);
  } catch (error) {
    if (tries === 0 || !(error instanceof ApiError && error.code === 'wrong_state')) throw error;
    await delay(100);
    return deliver(request, desk, tries - 1);
  }
}

/** The holder, in the portal: card number, code from the mail, a PIN and a password of their choice. */
async function activate({ id, device }: RequestDetail, { desk, person, context }: Work): Promise<RequestDetail> {
  const serial = device?.serial ?? '';
  const code = await activationCode({ mailUrl: context.mailUrl, to: person.holder.email });
  await context.portal.post('/portal/activation', { serial, code, pin: '271828', password: activationPassword });
  return desk.registrar.client.get(`/requests/${id}`);
}

/** What is done to a request or a card beside the way. False when it was done before. */
async function aside(goal: DemoGoal, request: RequestDetail, { desk, context }: Work): Promise<boolean> {
  const { id, state, device } = request;
  if (goal === 'rejected' && state === 'pending_approval') {
    const comment = 'The photo on the document is not of this person';
    await desk.approvers[0]?.client.post(`/requests/${id}/decisions`, { verdict: 'reject', comment });
  } else if (goal === 'cancelled' && state === 'pending_approval') {
    await desk.registrar.client.post(`/requests/${id}/cancellation`, { reason: 'The person has left the office' });
  } else if (goal === 'suspended' && device?.state === 'active') {
    await context.helpDesk.post(`/devices/${device.id}/holds`, { cause: 'lost_temporarily', comment: 'Left at home, to be looked for' });
  } else if (goal === 'revoked' && device && ['active', 'suspended'].includes(device.state)) {
    await context.helpDesk.post(`/devices/${device.id}/revocation`, { cause: 'stolen', comment: 'Bag stolen on the train' });
  } else return false;
  return true;
}
