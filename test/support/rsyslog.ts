import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../local/ports.ts';
import { rsyslog } from '../../local/system-packages.ts';

/** A record as rsyslog understood it. */
export interface SyslogRecord {
  priority: number;
  host: string;
  app: string;
  procid: string;
  msgid: string;
  data: string;
  message: string;
}

/** A real rsyslog on free ports of this machine, one with TLS and one without, in a directory of its own. */
export interface TestRsyslog {
  tlsUrl: string;
  tcpUrl: string;
  /** TLS for who has a certificate that the CA signed. */
  mutualUrl: string;
  caFile: string;
  keyFile: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Waits until that many records have been written, and returns all. */
  records(count: number): Promise<SyslogRecord[]>;
  remove(): Promise<void>;
}

/** Tabs between the fields; rsyslog escapes control characters in what it received. */
const template = ['%pri%', '%hostname%', '%app-name%', '%procid%', '%msgid%', '%structured-data%', '%msg%'].join('\\t');

export async function testRsyslog(): Promise<TestRsyslog> {
  const { program, modules, env } = await rsyslog();
  const dir = mkdtempSync(join(tmpdir(), 'smartcms-rsyslog-'));
  const [tls, tcp, mutual] = [await freePort(0), await freePort(0), await freePort(0)];
  const file = (name: string) => join(dir, name);
  makeCertificate(file);
  writeFileSync(
    file('rsyslog.conf'),
    `global(workDirectory="${dir}" defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="${file('cert.pem')}"
       defaultNetstreamDriverCertFile="${file('cert.pem')}" defaultNetstreamDriverKeyFile="${file('key.pem')}" maxMessageSize="64k")
     module(load="imtcp")
     template(name="fields" type="string" string="${template}\\n")
     ruleset(name="all") { action(type="omfile" file="${file('records')}" template="fields") }
     input(type="imtcp" port="${tls}" address="127.0.0.1" ruleset="all" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
     input(type="imtcp" port="${mutual}" address="127.0.0.1" ruleset="all" streamDriver.name="ossl" streamDriver.mode="1"
       streamDriver.authMode="x509/certvalid")
     input(type="imtcp" port="${tcp}" address="127.0.0.1" ruleset="all" streamDriver.name="ptcp" streamDriver.mode="0")`,
  );
  writeFileSync(file('records'), '');
  let child: ChildProcess | undefined;

  const server: TestRsyslog = {
    tlsUrl: `syslog+tls://localhost:${tls}`,
    tcpUrl: `syslog+tcp://127.0.0.1:${tcp}`,
    mutualUrl: `syslog+tls://localhost:${mutual}`,
    caFile: file('cert.pem'),
    keyFile: file('key.pem'),
    async start() {
      const args = ['-n', '-f', file('rsyslog.conf'), '-i', file('pid'), '-M', modules];
      child = spawn(program, args, { env, stdio: 'ignore' });
      await Promise.all([listens(tls), listens(tcp), listens(mutual)]);
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
    records: (count) => written(file('records'), count),
    async remove() {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return server;
}

function makeCertificate(file: (name: string) => string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key.pem'), '-out', file('cert.pem')];
  execFileSync('openssl', ['req', '-x509', ...key, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], {
    stdio: 'ignore',
  });
}

async function listens(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function written(path: string, count: number): Promise<SyslogRecord[]> {
  const changes = watch(path);
  try {
    for (;;) {
      const records = existsSync(path) ? read(path) : [];
      if (records.length >= count) return records;
      await once(changes, 'change');
    }
  } finally {
    changes.close();
  }
}

function read(path: string): SyslogRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [priority, host = '', app = '', procid = '', msgid = '', data = '', ...message] = line.split('\t');
    return { priority: Number(priority), host, app, procid, msgid, data, message: message.join('\t') };
  });
}
