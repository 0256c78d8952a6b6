import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMailSink, type MailSink } from './mail-sink.ts';
import type { ReceivedMail } from './mail-store.ts';

let dir: string;
let sink: MailSink;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'smartcms-mail-'));
  sink = await startMailSink({ dir });
});

afterAll(async () => {
  await sink.stop();
  await rm(dir, { recursive: true });
});

async function deliver(mail: { to?: string; subject: string; text?: string; html?: string }): Promise<ReceivedMail> {
  const transport = createTransport({ host: '127.0.0.1', port: sink.smtpPort, secure: false });
  await transport.sendMail({ from: 'smartCMS <cms@example.org>', to: 'mario@example.org', ...mail });
  transport.close();
  const mails = (await (await fetch(`${sink.url}/api/mails`)).json()) as ReceivedMail[];
  const received = mails.find(({ subject }) => subject === mail.subject);
  if (!received) throw new Error('not received');
  return received;
}

test('a mail is kept with its envelope and both parts, in any script', async () => {
  const mail = await deliver({ subject: 'La tua carta è pronta', text: 'Città', html: '<p>Città</p>' });
  expect(mail).toMatchObject({ to: ['mario@example.org'], from: 'smartCMS <cms@example.org>', text: 'Città\n' });
  expect(mail.html).toContain('<p>Città</p>');
  expect((await sink.mails()).map(({ id }) => id)).toContain(mail.id);
});

test('markup in a subject, an address or a text shows as text', async () => {
  const subject = '<img src=x onerror=alert(1)> "quoted"';
  const mail = await deliver({ subject, text: '</pre><script>alert(2)</script>' });
  for (const path of ['', `mails/${mail.id}`]) {
    const page = await (await fetch(`${sink.url}/${path}`)).text();
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt; &quot;quoted&quot;');
    expect(page).not.toMatch(/<img|<script/);
  }
});

test('the HTML part is served into a sandbox without scripts', async () => {
  const mail = await deliver({ subject: 'with html', html: '<script>alert(3)</script><b>bold</b>' });
  const page = await (await fetch(`${sink.url}/mails/${mail.id}`)).text();
  expect(page).toContain(`<iframe sandbox src="/mails/${mail.id}/html"`);
  const part = await fetch(`${sink.url}/mails/${mail.id}/html`);
  expect(await part.text()).toContain('<b>bold</b>');
  expect(part.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
});

test('an id that is no mail, or tries to leave the directory, is not found', async () => {
  for (const path of ['mails/1-1', 'mails/..%2f..%2fetc%2fpasswd', 'x']) {
    expect((await fetch(`${sink.url}/${path}`)).status).toBe(404);
  }
});
