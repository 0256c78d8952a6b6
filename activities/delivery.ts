import { v7 } from 'uuid';

import type { MailOutboxStore } from '../db/stores/mail-outbox.ts';
import type { RequestProgressStore } from '../db/stores/request-progress.ts';
import type { RequestForWork } from '../db/stores/request-for-work.ts';
import type { RequestStore } from '../db/stores/requests.ts';
import { failure } from '../domain/errors.ts';
import type { Secrets } from './secrets.ts';

export interface HandoverDeps {
  requests: RequestStore;
  progress: RequestProgressStore;
  secrets: Secrets;
  mails: MailOutboxStore;
}

export const deliveryActivities = (deps: HandoverDeps) => ({
  /** The card was handed over: the holder gets an activation code by mail. Answers until when it can be used. */
  async deliverDevice({ requestId, by }: { requestId: string; by: string }): Promise<{ deadlineAt: string }> {
    const { requests, progress, secrets, mails } = deps;
    const request = await requests.load(requestId);
    const deviceId = deviceOf(request);
    if (request.state !== 'delivered') {
      const expiresAt = new Date(Date.now() + request.profile.activationDays * 86_400_000);
      await secrets.ensureActivationCode({ deviceId, requestId, expiresAt });
      await secrets.assign({ deviceId, kind: 'activation' });
      await progress.deliver({ by: { kind: 'operator', id: by }, id: requestId, deadlineAt: expiresAt });
    }
    const delivered = await requests.load(requestId);
    await mails.enqueue(activationMail(delivered, `activation/${requestId}`));
    return { deadlineAt: (delivered.deadlineAt ?? new Date()).toISOString() };
  },

  /**
   * A new code instead of one that was lost or ended by wrong tries. Done again after a crash it makes another one, but only while no mail
   * was queued: what the mail brings is the code that counts.
   */
  async sendNewActivationCode({ requestId, by, key }: { requestId: string; by: string; key: string }): Promise<void> {
    const { requests, secrets, mails } = deps;
    const request = await requests.load(requestId);
    const deviceId = deviceOf(request);
    const mail = activationMail(request, `activation/${requestId}/${key}`);
    if (await mails.isQueued(mail)) return;
    await secrets.annul({ by: { kind: 'operator', id: by }, deviceId, kind: 'activation' });
    await secrets.ensureActivationCode({ deviceId, requestId, ...(request.deadlineAt && { expiresAt: request.deadlineAt }) });
    await secrets.assign({ deviceId, kind: 'activation' });
    await mails.enqueue(mail);
  },

  /** The holder's PIN is on the card: card and certificates are active, the codes are used up and the request is closed. */
  async activateDevice({ requestId, holderId }: { requestId: string; holderId: string }): Promise<void> {
    const request = await deps.requests.load(requestId);
    if (request.state === 'delivered') await deps.progress.activate({ by: { kind: 'holder', id: holderId }, id: requestId });
    await afterActivation(deps, request);
  },
});

/** What a run that was lost in the middle may have left undone: the mail with the code, the closing of the request. */
export async function settleHandover(deps: HandoverDeps, request: RequestForWork): Promise<void> {
  if (request.state === 'delivered') await deps.mails.enqueue(activationMail(request, `activation/${request.id}`));
  if (request.state === 'activated') await afterActivation(deps, request);
}

async function afterActivation({ requests, progress, secrets, mails }: HandoverDeps, request: RequestForWork): Promise<void> {
  const { id: requestId, holderId, holderLocale: locale } = request;
  const deviceId = deviceOf(request);
  const by = { kind: 'holder', id: holderId } as const;
  for (const kind of ['activation', 'chosen_pin', 'pin'] as const) await secrets.useUp({ by, deviceId, kind });
  await mails.enqueue({
    id: v7(),
    eventKey: `activated/${requestId}`,
    template: 'device-activated',
    locale,
    holderId,
    requestId,
    deviceId,
  });
  await progress.close({ id: requestId });
  await requests.markEnded({ id: requestId });
}

/** Brings the code that is live when it is sent; one for each event. */
const activationMail = (request: RequestForWork, eventKey: string) => ({
  id: v7(),
  eventKey,
  template: 'activation-code',
  locale: request.holderLocale,
  holderId: request.holderId,
  requestId: request.id,
  deviceId: deviceOf(request),
});

function deviceOf({ deviceId }: RequestForWork): string {
  if (!deviceId) throw failure('wrong_state', 'The request has no card. Reload the page.');
  return deviceId;
}
