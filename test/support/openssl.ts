import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

/** Runs `openssl` in a directory of its own; resolves to everything it printed, rejects if it exits with an error. */
export interface OpenSsl {
  (...args: string[]): Promise<string>;
  write(name: string, content: Buffer | string): Promise<void>;
  read(name: string): Promise<Buffer>;
}

/** The openssl command in a new temporary directory that goes away with the test. */
export async function openssl(): Promise<OpenSsl> {
  const directory = await mkdtemp(join(tmpdir(), 'smartcms-openssl-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const run = (...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile('openssl', args, { cwd: directory }, (error, stdout, stderr) => {
        if (error) reject(new Error(`openssl ${args.join(' ')}\n${stdout}${stderr}`));
        else resolve(stdout + stderr);
      });
    });
  return Object.assign(run, {
    write: (name: string, content: Buffer | string) => writeFile(join(directory, name), content),
    read: (name: string) => readFile(join(directory, name)),
  });
}
