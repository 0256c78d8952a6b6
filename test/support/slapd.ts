import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'ldapts';

import { freePort } from '../../local/ports.ts';
import { slapd } from '../../local/system-packages.ts';
import { tlsCa } from './tls.ts';

/** A real directory on free ports of this machine, in a directory of its own: people below `ou=people`, groups below `ou=groups`. */
export interface TestDirectory {
  ldapsUrl: string;
  /** STARTTLS. */
  ldapUrl: string;
  ca: string;
  /** A person with a password. */
  person(uid: string, changes?: Record<string, string>): Promise<string>;
  /** A group with these people, anew. */
  group(cn: string, uids: readonly string[]): Promise<string>;
  remove(dn: string): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export const suffix = 'dc=example,dc=it';
export const people = `ou=people,${suffix}`;
export const groups = `ou=groups,${suffix}`;
export const service = { dn: `cn=smartcms,${suffix}`, password: 'the service account’s' };
export const personPassword = 'tre tigri contro tre tigri';
const administrator = { dn: `cn=admin,${suffix}`, password: 'the administrator’s' };
export const dnOf = (uid: string): string => `uid=${uid},${people}`;

export async function testDirectory(): Promise<TestDirectory> {
  const { program, modules, schema, env } = await slapd();
  const dir = mkdtempSync(join(tmpdir(), 'smartcms-slapd-'));
  const [tls, plain] = [await freePort(0), await freePort(0)];
  const ca = await tlsCa('directory');
  const { cert, key } = await ca.issue('localhost');
  const file = (name: string) => join(dir, name);
  for (const [name, text] of Object.entries({ cert, key })) writeFileSync(file(name), text);
  mkdirSync(file('db'));
  writeFileSync(file('slapd.conf'), configuration({ modules, schema, file }));
  const [ldapsUrl, ldapUrl] = [`ldaps://localhost:${tls}`, `ldap://localhost:${plain}`];
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn(program, ['-d', '0', '-f', file('slapd.conf'), '-h', `ldaps://127.0.0.1:${tls} ldap://127.0.0.1:${plain}`], {
      env,
      stdio: 'ignore',
    });
    await Promise.all([listens(tls), listens(plain)]);
  }
  async function stop(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  const administer = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: ldapsUrl, tlsOptions: { ca: ca.pem } });
    try {
      await client.bind(administrator.dn, administrator.password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
  const add = async (dn: string, entry: Record<string, string | string[]>): Promise<string> => {
    await administer((client) => client.add(dn, entry));
    return dn;
  };

  await start();
  await add(suffix, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' });
  for (const ou of ['people', 'groups']) await add(`ou=${ou},${suffix}`, { objectClass: 'organizationalUnit', ou });
  await add(service.dn, { objectClass: ['applicationProcess', 'simpleSecurityObject'], cn: 'smartcms', userPassword: service.password });
  return {
    ...{ ldapsUrl, ldapUrl, ca: ca.pem, start, stop },
    person: (uid, changes = {}) =>
      add(dnOf(uid), {
        ...{ objectClass: 'inetOrgPerson', uid, cn: uid, givenName: 'Elena', sn: 'Marchetti', mail: `${uid}@example.it` },
        ...{ userPassword: personPassword, ...changes },
      }),
    async group(cn, uids) {
      const dn = `cn=${cn},${groups}`;
      await administer((client) => client.del(dn)).catch(() => undefined);
      return add(dn, { objectClass: 'groupOfNames', cn, member: [service.dn, ...uids.map(dnOf)] });
    },
    remove: (dn) => administer((client) => client.del(dn)),
    async close() {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const configuration = ({ modules, schema, file }: { modules: string; schema: string; file: (name: string) => string }): string => `
${['core', 'cosine', 'inetorgperson'].map((name) => `include "${schema}/${name}.schema"`).join('\n')}
modulepath "${modules}"
moduleload back_mdb
moduleload memberof
pidfile "${file('pid')}"
TLSCertificateFile "${file('cert')}"
TLSCertificateKeyFile "${file('key')}"
database mdb
suffix "${suffix}"
rootdn "${administrator.dn}"
rootpw "${administrator.password}"
directory "${file('db')}"
maxsize 104857600
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`;

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
