import type { Knex } from 'knex';

import type { Secrets } from '../activities/secrets.ts';
import type { Mailer, MailMessage } from '../connectors/mail/mail.ts';
import { renderMail } from '../connectors/mail/templates.ts';
import type { Mail } from '../db/models/mail.ts';
import { deviceReader } from '../db/stores/device-for-work.ts';
import { mailOutboxStore } from '../db/stores/mail-outbox.ts';
import { requestStore } from '../db/stores/requests.ts';
import { errorCodeOf } from '../domain/errors.ts';
import { accountMail, type AccountMail } from './account-mail.ts';

interface Deps {
  knex: Knex;
  mailer: Mailer;
  secrets: Secrets;
  publicUrl: string;
}

/** Longer than a batch takes at a server that answers each step of a dialogue in the last moment (`limits` in connectors/mail/smtp.ts). */
const leaseSeconds = 120;
const batch = 4;
/** A server that was away for hours is found again within minutes. */
const longestPauseMs = 5 * 60_000;

/** Sends what is due. A mail is taken for two minutes; if the process dies meanwhile another takes it, with the same Message-ID. */
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
    if (code === 'invalid_input') return outbox.refused({ id: mail.id, problem: 'address_refused' });
    if (code === 'not_found') return outbox.refused({ id: mail.id, problem: 'over' });
    const nextAttemptAt = new Date(Date.now() + Math.min(longestPauseMs, 5_000 * 2 ** Math.min(mail.attempts, 12)));
    return outbox.retryLater({ id: mail.id, nextAttemptAt });
  }
}

async function messageOf({ knex, secrets, publicUrl }: Deps, mail: Mail): Promise<MailMessage> {
  if (isToAccount(mail)) return accountMail(knex, mail, publicUrl);
  const portalUrl = `${publicUrl}/my`;
  const request = await requestStore(knex).load(mail.requestId ?? '');
  const device = await deviceReader(knex).get(mail.deviceId ?? '');
  const props = { organisation: request.unitName, holderName: request.holderName, portalUrl, serialEnding: device.serial.slice(-4) };
  const message = { id: mail.id, to: request.holderEmail };
  if (mail.template !== 'activation-code') return { ...message, ...renderMail(mail.template as 'device-suspended', mail.locale, props) };
  const code = await secrets.open({ deviceId: device.id, kind: 'activation' });
  return {
    ...message,
    to: request.codeEmail,
    ...renderMail('activation-code', mail.locale, { ...props, portalUrl: `${portalUrl}/activate`, code: code.plain }),
  };
}

const isToAccount = (mail: Mail): mail is Mail & AccountMail => mail.accountId !== null;
