import type { AddressInfo } from 'node:net';

import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { errorCodeOf } from '../../domain/errors.ts';
import { tlsCa } from '../../test/support/tls.ts';
import type { Mailer, MailMessage } from './mail.ts';
import { openMailer } from './smtp.ts';

const received: { raw: string; to: string[] }[] = [];
let mailer: Mailer;

/** Refuses `gone@` for good and `busy@` for now. */
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  onRcptTo({ address }, _session, done) {
    const code = address.startsWith('gone@') ? 550 : address.startsWith('busy@') ? 451 : undefined;
    done(code && Object.assign(new Error('no'), { responseCode: code }));
  },
  onData(stream, session, done) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      received.push({ raw: Buffer.concat(chunks).toString('utf8'), to: session.envelope.rcptTo.map(({ address }) => address) });
      done();
    });
  },
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  mailer = openMailer({ url: `smtp://127.0.0.1:${port}`, from: 'smartCMS <noreply@cms.example>' });
});
afterAll(async () => {
  await mailer.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
beforeEach(() => void received.splice(0));

const message: MailMessage = {
  id: '0198-77',
  to: 'anna@example.it',
  subject: 'Il tuo dispositivo è attivo',
  text: 'Ciao Łucja',
  html: '<p>Ciao Łucja</p>',
};
const codeOfRejection = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => errorCodeOf(error) ?? 'try again',
  );

test('arrives with both forms, a stable id and no invitation to answer', async () => {
  await mailer.send(message);
  await mailer.send(message);
  const [first, second] = await Promise.all(received.map(({ raw }) => PostalMime.parse(raw)));
  expect(first).toMatchObject({
    subject: message.subject,
    messageId: '<0198-77@cms.example>',
    from: { name: 'smartCMS', address: 'noreply@cms.example' },
  });
  expect(second?.messageId).toBe(first?.messageId);
  expect(first?.text?.trim()).toBe('Ciao Łucja');
  expect(first?.html).toContain('<p>Ciao Łucja</p>');
  expect(first?.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
});

test('a recipient that is refused for good is a final failure; anything else may be tried again', async () => {
  expect(await codeOfRejection(mailer.send({ ...message, to: 'gone@example.it' }))).toBe('invalid_input');
  expect(await codeOfRejection(mailer.send({ ...message, to: 'busy@example.it' }))).toBe('try again');
  await mailer.send(message);
  expect(received).toHaveLength(1);
});

test('a server that is away may be tried again', async () => {
  const nobody = openMailer({ url: 'smtp://127.0.0.1:1', from: 'noreply@cms.example' });
  expect(await codeOfRejection(nobody.send(message))).toBe('try again');
  await nobody.close();
});

test.each([
  'anna@example.it, eve@example.it',
  'anna@example.it\r\nBcc: eve@example.it',
  'Anna <eve@example.it>',
  '"x"@example.it',
  'anna',
  'a@b@c',
  '',
])('%j is not one address', async (to) => {
  expect(await codeOfRejection(mailer.send({ ...message, to }))).toBe('invalid_input');
  expect(received).toHaveLength(0);
});

test('nothing in a message becomes a header', async () => {
  const injection = '\r\nBcc: eve@example.it\r\nX-Evil: 1';
  await mailer.send({ ...message, id: `1${injection}`, subject: `Ciao${injection}`, text: `.\r\n${injection}` });
  const [mail] = received;
  const parsed = await PostalMime.parse(mail?.raw ?? '');
  expect(mail?.to).toEqual(['anna@example.it']);
  expect(parsed.headers.map(({ key }) => key)).not.toContain('x-evil');
  expect(parsed.bcc ?? []).toEqual([]);
  expect(parsed.subject).toBe('Ciao Bcc: eve@example.it X-Evil: 1');
});

describe('TLS', () => {
  const cas = [tlsCa('mail CA'), tlsCa('another CA')] as const;
  /** A server that offers STARTTLS (or not), with a certificate of the first CA. */
  async function startMailServer(options: { secure?: boolean; starttls?: boolean }): Promise<{ port: number; secured: boolean[] }> {
    const secured: boolean[] = [];
    const { cert, key } = await cas[0].then((ca) => ca.issue('127.0.0.1'));
    const mail = new SMTPServer({
      ...{ cert, key, secure: options.secure ?? false },
      disabledCommands: options.starttls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
      onMailFrom: (_address, session, done) => done(secured.push(session.secure) ? undefined : null),
    });
    mail.on('error', () => undefined); // a client that does not trust us hangs up
    await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => mail.close(() => resolve())));
    return { port: (mail.server.address() as AddressInfo).port, secured };
  }
  async function sendTo(url: string, options: { ca?: string; requireTls?: boolean }): Promise<void> {
    const secure = openMailer({ url, from: 'noreply@cms.example', ...options });
    await secure.send(message).finally(() => secure.close());
  }

  test.each(['smtp', 'smtps'])('%s: sent under TLS to a server of the CA that was named', async (scheme) => {
    const { port, secured } = await startMailServer({ secure: scheme === 'smtps', starttls: true });
    await sendTo(`${scheme}://127.0.0.1:${port}`, { ca: (await cas[0]).pem, requireTls: true });
    expect(secured).toEqual([true]);
  });

  test.each(['smtp', 'smtps'])('%s: nothing is sent to a server of another CA', async (scheme) => {
    const { port, secured } = await startMailServer({ secure: scheme === 'smtps', starttls: true });
    const sent = sendTo(`${scheme}://127.0.0.1:${port}`, { ca: (await cas[1]).pem, requireTls: true });
    await expect(sent).rejects.toThrow(/certificate/);
    expect(secured).toEqual([]);
  });

  test('nothing is sent in clear where TLS is required and the server has none', async () => {
    const { port, secured } = await startMailServer({ starttls: false });
    await expect(sendTo(`smtp://127.0.0.1:${port}`, { requireTls: true })).rejects.toThrow();
    expect(secured).toEqual([]);
  });
});
