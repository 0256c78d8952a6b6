import type { ReceivedMail } from './mail-store.ts';

/** What the pages may do: nothing but show themselves and frame the HTML part of a mail. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** What the HTML part of a mail may do: show text, its own style and its own pictures. No script, no form, no request to anywhere. */
export const MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const STYLE = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1a2233; background: #f6f7fa }
  table { width: 100%; border-collapse: collapse; background: #fff; border-radius: 8px; overflow: hidden; box-shadow: 0 1px 3px #0002 }
  th, td { text-align: left; padding: .6rem .8rem; border-bottom: 1px solid #e6e9f0; overflow-wrap: anywhere }
  a { color: #1f4fd1 } time { white-space: nowrap; color: #566 }
  pre { white-space: pre-wrap; overflow-wrap: anywhere } pre, iframe { background: #fff; border: 1px solid #e6e9f0; border-radius: 8px; padding: 1rem }
  iframe { width: 100%; height: 60vh; box-sizing: border-box }`;

/** The list of mails, the newest first. */
export function listPage(mails: ReceivedMail[]): string {
  const row = (mail: ReceivedMail) => `<tr><td>${time(mail)}</td><td>${escape(mail.to.join(', '))}</td>
    <td><a href="/mails/${mail.id}">${escape(mail.subject || '(no subject)')}</a></td></tr>`;
  const table = `<table><thead><tr><th>Received<th>To<th>Subject</thead><tbody>${mails.map(row).join('')}</tbody></table>`;
  return page(
    'Mail',
    `<h1>Mail</h1>${mails.length ? table : '<p>No mail yet. Whatever smartCMS sends appears here and goes nowhere else.</p>'}`,
  );
}

/** One mail: its text as text, and its HTML part in a sandbox. */
export function mailPage(mail: ReceivedMail): string {
  const html = mail.html ? `<h2>HTML</h2><iframe sandbox src="/mails/${mail.id}/html" title="HTML part"></iframe>` : '';
  const facts = `<p>From ${escape(mail.from)}<br>To ${escape(mail.to.join(', '))}<br>${time(mail)}</p>`;
  return page(
    mail.subject,
    `<p><a href="/">All mail</a></p><h1>${escape(mail.subject)}</h1>${facts}<h2>Text</h2><pre>${escape(mail.text)}</pre>${html}`,
  );
}

const time = ({ receivedAt }: ReceivedMail): string =>
  `<time datetime="${receivedAt}">${receivedAt.slice(0, 19).replace('T', ' ')} UTC</time>`;

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${STYLE}</style><main>${body}</main></html>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
