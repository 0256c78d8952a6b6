import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { listPage, mailPage, MAIL_POLICY, PAGE_POLICY } from './mail-pages.ts';
import { mailStore, type ReceivedMail } from './mail-store.ts';
import { freePort } from './ports.ts';

export interface MailSinkOptions {
  /** Where mails are kept. */
  dir: string;
  /** The wished ports; others when they are taken. */
  smtpPort?: number;
  httpPort?: number;
}

/** A running mail sink: takes every mail over SMTP, sends none on, and shows them on a page. */
export interface MailSink {
  smtpPort: number;
  /** The page that lists the mails; `/api/mails` below it has them as JSON. */
  url: string;
  /** The newest first. */
  mails(): Promise<ReceivedMail[]>;
  stop(): Promise<void>;
}

type Store = ReturnType<typeof mailStore>;

const SIZE_LIMIT = 25_000_000;

/** Starts both servers on the loopback interface. */
export async function startMailSink(options: MailSinkOptions): Promise<MailSink> {
  const store = mailStore(options.dir);
  const smtp = smtpServer(store);
  const http = createServer((request, response) => void answer(store, request, response));
  smtp.listen(await freePort(options.smtpPort), '127.0.0.1');
  http.listen(await freePort(options.httpPort), '127.0.0.1');
  const [smtpPort, httpPort] = await Promise.all([portOf(smtp.server), portOf(http)]);
  return {
    ...{ smtpPort, url: `http://127.0.0.1:${httpPort}`, mails: () => store.list() },
    async stop() {
      http.closeAllConnections();
      await Promise.all([new Promise<void>((done) => smtp.close(done)), new Promise((done) => http.close(done))]);
    },
  };
}

/** STARTTLS stays off: it would be offered with a key that everybody knows. The sink is on the loopback interface only. */
function smtpServer(store: Store): SMTPServer {
  return new SMTPServer({
    ...{ disabledCommands: ['STARTTLS', 'AUTH'], authOptional: true, disableReverseLookup: true, size: SIZE_LIMIT, closeTimeout: 1000 },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        store.add(Buffer.concat(chunks), recipients).then(() => done(), done);
      });
    },
  });
}

async function answer(store: Store, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const found = await route(store, new URL(request.url ?? '/', 'http://sink').pathname);
    const [status, { type, policy, body }] = found ? [200, found] : [404, text('No such mail.')];
    const headers = { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': policy, 'x-content-type-options': 'nosniff' };
    response.writeHead(status, { ...headers, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' }).end(body);
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  }
}

async function route(store: Store, path: string): Promise<Answer | undefined> {
  if (path === '/') return page(listPage(await store.list()));
  if (path === '/api/mails') return { type: 'application/json', policy: PAGE_POLICY, body: JSON.stringify(await store.list()) };
  const [, id = '', part] = /^\/mails\/([\d-]+)(\/html)?$/.exec(path) ?? [];
  const mail = await store.get(id);
  if (!mail) return undefined;
  return part ? { type: 'text/html', policy: MAIL_POLICY, body: mail.html } : page(mailPage(mail));
}

interface Answer {
  type: string;
  policy: string;
  body: string;
}

const page = (body: string): Answer => ({ type: 'text/html', policy: PAGE_POLICY, body });
const text = (body: string): Answer => ({ type: 'text/plain', policy: PAGE_POLICY, body });

/** The port of a server, once it listens. */
function portOf(server: Server): Promise<number> {
  const port = () => (server.address() as AddressInfo).port;
  return new Promise((resolve, reject) => {
    if (server.listening) resolve(port());
    else server.once('listening', () => resolve(port())).once('error', reject);
  });
}
