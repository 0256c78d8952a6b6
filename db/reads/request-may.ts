import { sees, type Actor } from '../../domain/actor.ts';
import { canMove } from '../../domain/machine.ts';
import type { Permission } from '../../domain/permissions.ts';
import { requestMachine, type RequestState } from '../../domain/request-state.ts';
import type { MailTrouble } from './mail.ts';
import type { ProductionView } from './production.ts';
import type { MailerView, VoteView } from './request-parts.ts';
import type { WholeRequestRow } from './requests.ts';

interface Facts {
  row: WholeRequestRow;
  votes: VoteView[];
  production: ProductionView | null;
  mailer: MailerView;
  mailTrouble: MailTrouble;
  /** Operators who may not decide: who registered or amended it, and whom it is for. */
  excluded: string[];
}

/** Who leads a request does not direct its activation code to another address. */
const leads = (actor: Actor, { registeredBy, submittedBy, deliveredBy }: WholeRequestRow): boolean =>
  [registeredBy, submittedBy, deliveredBy].includes(actor.id);

/** What the actor may do with the request in its present state: what the page offers. The workflow checks again. */
export function mayDo(actor: Actor, { row, votes, production, mailer, mailTrouble, excluded }: Facts) {
  const state = row.state as RequestState;
  const can = (permission: Permission) => sees(actor, permission, row);
  const voted = votes.some((v) => v.round === row.round && !v.voided && v.by.id === actor.id);
  const stopped = state === 'in_production' && production?.state === 'stopped';
  return {
    submit: state === 'draft' && can('request.submit'),
    decide: state === 'pending_approval' && can('request.decide') && !voted && !excluded.includes(actor.id),
    amend: (state === 'draft' || canMove(requestMachine, state, 'pending_approval')) && state !== 'submitted' && can('request.amend'),
    cancel: canMove(requestMachine, state, 'cancelled') && (state !== 'in_production' || stopped) && can('request.cancel'),
    produce: state === 'approved' && can('device.produce'),
    resume: stopped && can('device.produce'),
    scrap: stopped && can('device.produce'),
    deliver: state === 'produced' && can('device.deliver'),
    sendCode: state === 'delivered' && can('device.deliver'),
    correctAddress: mailTrouble?.problem === 'address_refused' && can('holder.update') && !(mailTrouble.withCode && leads(actor, row)),
    printMailer: mailer !== null && mailer.printedAt === null && can('code.print'),
  };
}
