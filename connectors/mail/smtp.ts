import { createTransport } from 'nodemailer';

import { failure } from '../../domain/errors.ts';
import type { Mailer, MailMessage } from './mail.ts';

/** One address, nothing else: no list, no display name, no comment, no line break. */
const ADDRESS = /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/;

const limits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000, maxConnections: 2 };

interface MailServer {
  /** smtp:// or smtps://, with user and password if it wants them. */
  url: string;
  /** The sender as it is shown, such as `smartCMS <noreply@example.it>`. */
  from: string;
  /** PEM of the server's CA, where it is not a public one. */
  ca?: string | undefined;
  /** With smtp://: nothing is sent unless the server takes STARTTLS. */
  requireTls?: boolean;
}

/** Mail through an SMTP server. */
export function openMailer({ url, from, ca, requireTls = false }: MailServer): Mailer {
  const tls = { requireTLS: requireTls, ...(ca && { tls: { ca } }) };
  const transport = createTransport({ url, pool: true, ...limits, ...tls, disableFileAccess: true, disableUrlAccess: true });
  const domain = /@([^\s<>@]+?)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    async send(message) {
      if (!ADDRESS.test(message.to)) throw refused();
      await transport.sendMail({ from, ...contentOf(message, domain) }).catch(explain);
    },
    async close() {
      transport.close();
    },
  };
}

/** An address object is never parsed for further recipients, and control characters never reach a header. */
const contentOf = ({ id, to, subject, text, html }: MailMessage, domain: string) => ({
  to: { name: '', address: to },
  subject: subject.replace(/\p{Cc}+/gu, ' '),
  text,
  html,
  messageId: `<${id.replace(/[^A-Za-z0-9._-]/g, '-')}@${domain}>`,
  // RFC 3834 5: keeps out-of-office answers away.
  headers: { 'Auto-Submitted': 'auto-generated' },
});

type SmtpError = Error & { command?: string; responseCode?: number; response?: string };

/**
 * By the enhanced code where there is one (RFC 3463: 5.1.x and 5.2.x are about the recipient's address, but 5.1.7 and 5.1.8 about the sender's), else
 * by the plain one (RFC 5321 4.2.3). A server that relays nothing for us, such as `550 5.7.1 Relaying denied`, says nothing about the address.
 */
function isAboutAddress({ responseCode = 0, response = '' }: SmtpError): boolean {
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  if (enhanced) return /^5\.[12]\./.test(enhanced) && !/^5\.1\.[78]$/.test(enhanced);
  return [550, 551, 553].includes(responseCode) && !/relay|denied|policy|block|authenti/i.test(response);
}

/** Only a lasting refusal of the recipient is final. A full disk or a closed relay at the server passes, and mail is tried again. */
function explain(error: SmtpError): never {
  if (error.command === 'RCPT TO' && isAboutAddress(error)) throw refused();
  throw error;
}

const refused = () => failure('invalid_input', 'The mail server refuses this address. Correct the e-mail address of the holder.');
