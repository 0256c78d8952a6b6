import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const commands = {
  req: ['req', '-noout', '-inform', 'DER', '-in'],
  crl: ['crl', '-noout', '-inform', 'DER', '-in'],
  ocsp: ['ocsp', '-reqin'],
};

/** A process costs more than a thousand inputs: of what is accepted, so many of each kind are shown to the openssl command. */
let limit = 20;
export const askOpenssl = (times: number): void => void (limit = times);
const asked = { req: 0, crl: 0, ocsp: 0 };
let directory: string | undefined;

/** Rejects when the openssl command cannot read the object. */
export async function opensslReads(kind: keyof typeof commands, der: Buffer): Promise<void> {
  if (asked[kind]++ >= limit) return;
  directory ??= temporary();
  const file = join(directory, `${kind}.der`);
  writeFileSync(file, der);
  await new Promise<void>((resolve, reject) => {
    execFile('openssl', [...(commands[kind] as string[]), file], (error, stdout, stderr) =>
      error ? reject(new Error(`openssl: ${stderr}${stdout}`)) : resolve(),
    );
  });
}

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'smartcms-fuzz-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
