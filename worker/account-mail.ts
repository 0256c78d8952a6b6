import { createHash, randomBytes } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import type { MailMessage } from '../connectors/mail/mail.ts';
import { renderMail } from '../connectors/mail/templates.ts';
import type { Mail } from '../db/models/mail.ts';
import { addresseeOf } from '../db/reads/addressee.ts';
import { passwordResetStore } from '../db/stores/password-resets.ts';
import { failure } from '../domain/errors.ts';

/** How long a link is good, in minutes. */
const linkMinutes = { 'password-reset': 30, invitation: 3 * 24 * 60 };

export type AccountMail = Pick<Mail, 'id' | 'template' | 'locale' | 'createdAt'> & { accountId: string };

/** A mail to whoever signs in, about their sign-in. Throws `not_found` when it comes too late to be of use. */
export async function accountMail(knex: Knex, mail: AccountMail, publicUrl: string): Promise<MailMessage> {
  const to = await addresseeOf(knex, mail.accountId);
  if (!to) throw failure('not_found', 'The account does not exist any more.');
  const props = { organisation: to.organisation, holderName: to.name };
  const message = { id: mail.id, to: to.email };
  if (mail.template === 'password-changed')
    return { ...message, ...renderMail('password-changed', mail.locale, { ...props, portalUrl: `${publicUrl}/sign-in` }) };
  const template = mail.template === 'invitation' ? 'invitation' : 'password-reset';
  const portalUrl = await passwordLink(knex, mail, { publicUrl, minutes: linkMinutes[template] });
  return { ...message, ...renderMail(template, mail.locale, { ...props, portalUrl }) };
}

/**
 * The token is made here, mailed and forgotten: only its hash is kept, and each time the mail is tried again there is another. It stands behind `#`, which
 * no browser sends: it gets into no log.
 */
async function passwordLink(
  knex: Knex,
  { accountId, createdAt }: AccountMail,
  { publicUrl, minutes }: { publicUrl: string; minutes: number },
): Promise<string> {
  if (createdAt.getTime() < Date.now() - minutes * 60_000) throw failure('not_found', 'Nobody waits for this link any more.');
  const token = randomBytes(32).toString('base64url');
  const tokenHash = createHash('sha256').update(token).digest();
  await passwordResetStore(knex).issue({ id: uuid(), accountId, tokenHash, minutes });
  return `${publicUrl}/sign-in/password#${token}`;
}
