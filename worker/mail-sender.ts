import type { Knex } from 'knex';

import type { Secrets } from '../activities/secrets.ts';
import type { Mailer, MailMessage } from '../connectors/mail/mail.ts';
import { renderMail } from '../connectors/mail/templates.ts';
import type { Mail } from '../db/models/mail.ts';
import { deviceReader } from '../db/stores/device-for-work.ts';
import { mailOutboxStore } from '../db/stores/mail-outbox.ts';
import { requestStore } from '../db/stores/requests.ts';
import { errorCodeOf } from '../domain/errors.ts';

interface Deps {
  knex: Knex;
  mailer: Mailer;
  secrets: Secrets;
  portalUrl: string;
}

const leaseSeconds = 60;
const batch = 20;

/** Sends what is due. A mail is taken for a minute; if the process dies meanwhile another takes it, with the same Message-ID. */
export async function sendDueMails(deps: Deps): Promise<{ more: boolean }> {
  const due = await mailOutboxStore(deps.knex).claimDue({ limit: batch, leaseSeconds });
  await Promise.all(due.map((mail) => sendOne(deps, mail)));
  return { more: due.length === batch };
}

async function sendOne(deps: Deps, mail: Mail): Promise<void> {
  const outbox = mailOutboxStore(deps.knex);
  try {
    await deps.mailer.send(await messageOf(deps, mail));
    if (mail.template === 'activation-code' && mail.deviceId) await deps.secrets.delivered({ deviceId: mail.deviceId, kind: 'activation' });
    await outbox.sent({ id: mail.id });
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'invalid_input') return outbox.refused({ id: mail.id, problem: 'The mail server refuses the address.' });
    if (code === 'not_found') return outbox.refused({ id: mail.id, problem: 'What the mail was about is over.' });
    const nextAttemptAt = new Date(Date.now() + Math.min(30 * 60_000, 5_000 * 2 ** Math.min(mail.attempts, 12)));
    return outbox.retryLater({ id: mail.id, problem: 'The mail server did not take it.', nextAttemptAt });
  }
}

async function messageOf({ knex, secrets, portalUrl }: Deps, mail: Mail): Promise<MailMessage> {
  const request = await requestStore(knex).load(mail.requestId ?? '');
  const device = await deviceReader(knex).get(mail.deviceId ?? '');
  const props = { organisation: request.unitName, holderName: request.holderName, portalUrl, serialEnding: device.serial.slice(-4) };
  const message = { id: mail.id, to: request.data.email };
  if (mail.template !== 'activation-code') return { ...message, ...renderMail(mail.template as 'device-suspended', mail.locale, props) };
  const code = await secrets.open({ deviceId: device.id, kind: 'activation' });
  return { ...message, ...renderMail('activation-code', mail.locale, { ...props, portalUrl: `${portalUrl}/activate`, code: code.plain }) };
}
