import { v7 } from 'uuid';

import type { MailOutboxStore } from '../db/stores/mail-outbox.ts';
import type { RequestProgressStore } from '../db/stores/request-progress.ts';
import type { RequestForWork } from '../db/stores/request-for-work.ts';
import type { RequestStore } from '../db/stores/requests.ts';
import { failure } from '../domain/errors.ts';
import type { Secrets } from './secrets.ts';

interface Deps {
  requests: RequestStore;
  progress: RequestProgressStore;
  secrets: Secrets;
  mails: MailOutboxStore;
}

export const deliveryActivities = ({ requests, progress, secrets, mails }: Deps) => ({
  /** The card was handed over: the holder gets an activation code by mail. Answers until when it can be used. */
  async deliverDevice({ requestId, by }: { requestId: string; by: string }): Promise<{ deadlineAt: string }> {
    const request = await requests.load(requestId);
    const deviceId = deviceOf(request);
    if (request.state !== 'delivered') {
      const expiresAt = new Date(Date.now() + request.profile.activationDays * 86_400_000);
      await secrets.ensureActivationCode({ deviceId, requestId, expiresAt });
      await secrets.assign({ deviceId, kind: 'activation' });
      await progress.deliver({ by: { kind: 'operator', id: by }, id: requestId, deadlineAt: expiresAt });
    }
    const { holderId, holderLocale: locale, deadlineAt } = await requests.load(requestId);
    await mails.enqueue({
      id: v7(),
      eventKey: `activation/${requestId}`,
      template: 'activation-code',
      locale,
      holderId,
      requestId,
      deviceId,
    });
    return { deadlineAt: (deadlineAt ?? new Date()).toISOString() };
  },

  /** The holder's PIN is on the card: card and certificates are active, the codes are used up and the request is closed. */
  async activateDevice({ requestId, holderId }: { requestId: string; holderId: string }): Promise<void> {
    const request = await requests.load(requestId);
    const deviceId = deviceOf(request);
    const by = { kind: 'holder', id: holderId } as const;
    if (request.state === 'delivered') await progress.activate({ by, id: requestId });
    for (const kind of ['activation', 'chosen_pin', 'pin'] as const) await secrets.useUp({ by, deviceId, kind });
    const mail = { eventKey: `activated/${requestId}`, template: 'device-activated', locale: request.holderLocale };
    await mails.enqueue({ id: v7(), ...mail, holderId, requestId, deviceId });
    await progress.close({ id: requestId });
    await requests.markEnded({ id: requestId });
  },
});

function deviceOf({ deviceId }: RequestForWork): string {
  if (!deviceId) throw failure('wrong_state', 'The request has no card. Reload the page.');
  return deviceId;
}
