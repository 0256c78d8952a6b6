import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { run, which } from '../../local/run.ts';

/** What `openssl verify` says of a chain, without and with the CRL: `OK`, or openssl's reason. */
export interface Verdict {
  chain: string;
  crl: string;
}

export interface Chains {
  /** Where CA certificate and CRL are published. */
  validationUrl: string;
  /** PEM, by any name. */
  certificates: ReadonlyMap<string, string>;
}

const CHUNK = 200;

/** Asks openssl about every certificate, as a relying party would. Throws an Error with one plain sentence when it cannot. */
export async function verdicts({ validationUrl, certificates }: Chains): Promise<Map<string, Verdict>> {
  if (!which('openssl')) throw new Error('openssl is not installed, so the chains were not verified (Debian: apt-get install openssl).');
  const dir = await mkdtemp(join(tmpdir(), 'smartcms-verify-'));
  try {
    const [ca, crl] = [join(dir, 'ca.pem'), join(dir, 'crl.pem')];
    await writeFile(ca, pem('CERTIFICATE', await download(`${validationUrl}/ca/main.crt`)));
    await writeFile(crl, pem('X509 CRL', await download(`${validationUrl}/crl/main.crl`)));
    const files = await Promise.all([...certificates].map(([name, text]) => store(dir, name, text)));
    const chain = await verify(['-CAfile', ca], files);
    const revocation = await verify(['-CAfile', ca, '-crl_check', '-CRLfile', crl], files);
    return new Map(
      [...certificates.keys()].map((name) => [name, { chain: chain.get(name) ?? 'no answer', crl: revocation.get(name) ?? 'no answer' }]),
    );
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function store(dir: string, name: string, text: string): Promise<string> {
  const file = join(dir, `${name}.cert`);
  await writeFile(file, text);
  return file;
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) throw new Error(`${url} cannot be fetched (${response?.status ?? 'no answer'}), so the chains were not verified.`);
  return Buffer.from(await response.arrayBuffer());
}

const pem = (label: string, der: Buffer): string =>
  der.toString('latin1', 0, 5) === '-----'
    ? der.toString('latin1')
    : `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

/** Many files a call: starting openssl costs more than its check. */
async function verify(options: string[], files: string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let i = 0; i < files.length; i += CHUNK) {
    const { output } = await run('openssl', ['verify', ...options, ...files.slice(i, i + CHUNK)]);
    for (const [name, verdict] of read(output)) found.set(name, verdict);
  }
  return found;
}

/** `<file>: OK`, or `error 23 at 0 depth lookup: certificate revoked` before `error <file>: verification failed`. */
export function read(output: string): Map<string, string> {
  const found = new Map<string, string>();
  let reason = 'verification failed';
  for (const line of output.split('\n')) {
    reason = /^error \d+ at \d+ depth lookup: (.*)$/.exec(line)?.[1] ?? reason;
    const good = /^(.*)\.cert: OK$/.exec(line)?.[1];
    const bad = /^error (.*)\.cert: /.exec(line)?.[1];
    if (good) found.set(basename(good), 'OK');
    if (bad) found.set(basename(bad), reason);
  }
  return found;
}
