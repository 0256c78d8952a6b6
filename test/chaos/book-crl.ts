import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Knex } from 'knex';

const run = promisify(execFile);
const openssl = (args: string[], { cwd }: { cwd: string }) => run('openssl', args, { cwd, encoding: 'utf8' });
const ASKED = 6;

interface Entry {
  serial: string;
  status: 'good' | 'held' | 'revoked';
  certificate: Buffer;
}

/** The CRL as published and the OCSP answers, read by openssl, say what the ledger of the CA says. */
export async function published(knex: Knex, validationUrl: string): Promise<string[]> {
  const ledger = await knex('ca_ledger').whereNotNull('certificate').select<Entry[]>('serial', 'status', 'certificate');
  const dir = await mkdtemp(join(tmpdir(), 'smartcms-book-'));
  try {
    const get = async (path: string) => Buffer.from(await (await fetch(`${validationUrl}/${path}`)).arrayBuffer());
    await writeFile(join(dir, 'ca.der'), await get('ca/main.crt'));
    await writeFile(join(dir, 'crl.der'), await get('crl/main.crl'));
    await openssl(['x509', '-inform', 'DER', '-in', 'ca.der', '-out', 'ca.pem'], { cwd: dir });
    return [...(await crlDeviations(dir, ledger)), ...(await ocspDeviations(dir, ledger, validationUrl))];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function crlDeviations(dir: string, ledger: readonly Entry[]): Promise<string[]> {
  const { stdout, stderr } = await openssl(['crl', '-inform', 'DER', '-in', 'crl.der', '-noout', '-text', '-CAfile', 'ca.pem'], {
    cwd: dir,
  });
  const wrong = /verify OK/.test(stdout + stderr) ? [] : ['the CRL does not verify'];
  const held = new Set(
    [...stdout.matchAll(/Serial Number: ([0-9A-F]+)(?:(?!Serial Number)[\s\S])*?Certificate Hold/g)].map(([, s]) => normal(s)),
  );
  const listed = new Set([...stdout.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, s]) => normal(s)));
  for (const { serial, status } of ledger) {
    const told = held.has(normal(serial)) ? 'held' : listed.has(normal(serial)) ? 'revoked' : 'good';
    listed.delete(normal(serial));
    if (told !== status) wrong.push(`the CRL says ${serial} is ${told}, the ledger ${status}`);
  }
  return [...wrong, ...[...listed].map((serial) => `the CRL lists ${serial}, which the CA never signed`)];
}

const normal = (serial = ''): string => serial.toLowerCase().replace(/^0+/, '');

/** A few of each status. */
async function ocspDeviations(dir: string, ledger: readonly Entry[], validationUrl: string): Promise<string[]> {
  const wrong: string[] = [];
  const some = (['good', 'held', 'revoked'] as const).flatMap((status) => ledger.filter((e) => e.status === status).slice(0, ASKED));
  for (const { serial, status, certificate } of some) {
    await writeFile(join(dir, 'card.der'), certificate);
    await openssl(['x509', '-inform', 'DER', '-in', 'card.der', '-out', 'card.pem'], { cwd: dir });
    const ask = ['ocsp', '-issuer', 'ca.pem', '-cert', 'card.pem', '-url', `${validationUrl}/ocsp/main`, '-CAfile', 'ca.pem', '-nonce'];
    const { stdout } = await openssl(ask, { cwd: dir });
    const told = /card.pem: good/.test(stdout)
      ? 'good'
      : /certificateHold/.test(stdout)
        ? 'held'
        : /card.pem: revoked/.test(stdout)
          ? 'revoked'
          : stdout;
    if (told !== status) wrong.push(`OCSP says ${serial} is ${told}, the ledger ${status}`);
  }
  return wrong;
}
