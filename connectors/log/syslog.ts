import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { entryOf } from './entry.ts';
import type { LogConfig } from '../../domain/configuration/log-environment.ts';
import { framed, syslogLine } from './syslog-line.ts';

const connectMs = 5_000;
/** How long a TLS server may take to refuse our certificate. */
const refusalMs = 300;

/** Sends lines to one syslog server over a connection that is opened when it is needed. */
export interface SyslogSender {
  /** Settles when the system has taken the lines. Syslog has no receipts: what a dying server had not read is lost. */
  send: (lines: readonly string[]) => Promise<void>;
  close: () => void;
}

type Target = Pick<LogConfig, 'LOG_SYSLOG_URL' | 'LOG_SYSLOG_CA_FILE' | 'LOG_SYSLOG_CERT_FILE' | 'LOG_SYSLOG_KEY_FILE'>;

/** RFC 5424 over TLS (RFC 5425) or TCP (RFC 6587). */
export function syslogSender(target: Target): SyslogSender {
  const dial = dialler(target);
  let open: Socket | undefined;

  async function connection(): Promise<Socket> {
    if (open) return open;
    const socket = await dial();
    // A syslog server sends nothing; reading tells when it closes.
    socket.resume();
    socket.once('end', () => socket.destroy());
    socket.once('close', () => (open = undefined));
    return (open = socket);
  }

  return {
    async send(lines) {
      const socket = await connection();
      const frames = Buffer.concat(lines.map((line) => framed(syslogLine(entryOf(line)))));
      await new Promise<void>((resolve, reject) => {
        const closed = () => reject(new Error('The syslog server closed the connection.'));
        socket.once('close', closed);
        socket.write(frames, (error) => {
          socket.off('close', closed);
          if (error) reject(error);
          else resolve();
        });
      });
    },
    close: () => void open?.end(),
  };
}

/** Files are read at each connection, so a renewed certificate counts from the next one on. */
function dialler(target: Target): () => Promise<Socket> {
  const { protocol, hostname: host, port } = new URL(target.LOG_SYSLOG_URL ?? '');
  const where = { host, port: Number(port) };
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  if (protocol === 'syslog+tcp:') return () => connected(connectTcp(where), 'connect');
  return async () => {
    const files = { ca: read(target.LOG_SYSLOG_CA_FILE), cert: read(target.LOG_SYSLOG_CERT_FILE), key: read(target.LOG_SYSLOG_KEY_FILE) };
    return accepted(await connected(connectTls({ ...where, ...files, ...(isIP(host) === 0 && { servername: host }) }), 'secureConnect'));
  };
}

function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> {
  socket.setKeepAlive(true, 30_000);
  socket.unref();
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error('The syslog server does not answer.')), connectMs);
    socket.on('error', reject);
    socket.once('close', () => clearTimeout(late));
    socket.once(event, () => {
      clearTimeout(late);
      resolve(socket);
    });
  });
}

/**
 * With TLS 1.3 we are connected before the server has looked at our certificate (RFC 8446 4.4.2.4), and what is written then is lost without
 * a trace if it says no. Silence for a while says yes. The pause also spares rsyslog 8.23, which leaves lying what comes while it sends its
 * session tickets.
 */
function accepted(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const yes = setTimeout(() => resolve(socket), refusalMs).unref();
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(yes);
      reject(new Error('The syslog server closed the connection.'));
    });
    socket.resume();
  });
}
