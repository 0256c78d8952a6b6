import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A CA for the connections of a test. */
export interface TlsCa {
  pem: string;
  /** A certificate for servers and clients under these names and addresses, the first being its subject. */
  issue(...names: string[]): Promise<{ cert: string; key: string }>;
}

/** A new CA made by openssl; it leaves no file behind. */
export async function tlsCa(name: string): Promise<TlsCa> {
  const subject = ['-subj', `/CN=${name}`];
  const files = await inDirectory({}, ['req', '-x509', ...key, ...subject, '-days', '2', '-keyout', 'key.pem', '-out', 'cert.pem']);
  return {
    pem: files.cert,
    issue: (...names) => {
      const alternatives = names.map((n) => `${/^[\d.]+$/.test(n) ? 'IP' : 'DNS'}:${n}`).join(',');
      const extensions = ['-addext', `subjectAltName=${alternatives}`, '-addext', 'extendedKeyUsage=serverAuth,clientAuth'];
      const own = ['-subj', `/CN=${names[0] ?? ''}`, ...extensions, '-addext', 'basicConstraints=critical,CA:false'];
      const signer = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-days', '2'];
      return inDirectory({ 'ca.pem': files.cert, 'ca-key.pem': files.key }, [
        ...['req', '-x509', ...key, ...own, ...signer, '-keyout', 'key.pem', '-out', 'cert.pem'],
      ]);
    },
  };
}

async function inDirectory(files: Record<string, string>, args: string[]): Promise<{ cert: string; key: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'smartcms-tls-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
    await run('openssl', args, { cwd });
    return { cert: await readFile(join(cwd, 'cert.pem'), 'utf8'), key: await readFile(join(cwd, 'key.pem'), 'utf8') };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
