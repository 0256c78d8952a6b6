import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadModule, quietly } from './pkcs11-module.ts';

/** SoftHSM, as Debian installs it. */
export const SOFTHSM = process.env['PKCS11_MODULE'] ?? '/usr/lib/softhsm/libsofthsm2.so';

export interface TestToken {
  dir: string;
  conf: string;
  /** Holds the PIN that tokens get unless told otherwise. */
  pinFile: string;
  /** Makes a token with another process, as an administrator does. */
  create(label: string, pin?: string): void;
  remove(): void;
}

/** A directory of SoftHSM tokens in memory, for one test file; SOFTHSM2_CONF and TMPDIR of this process point to it. */
export function testTokens(): TestToken {
  const dir = mkdtempSync('/dev/shm/smartcms-hsm-');
  const conf = join(dir, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${dir}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const pinFile = join(dir, 'pin');
  writeFileSync(pinFile, '648201\n');
  process.env['SOFTHSM2_CONF'] = conf;
  forgetModule();
  const tmpdir = process.env['TMPDIR'];
  process.env['TMPDIR'] = dir;
  const create = (label: string, pin = '648201') =>
    void execFileSync(
      'softhsm2-util',
      ['--init-token', '--free', '--label', label, '--so-pin', '73910284', '--pin', pin, '--module', SOFTHSM],
      {
        env: { ...process.env, SOFTHSM2_CONF: conf },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
  const remove = () => {
    forgetModule();
    if (tmpdir === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = tmpdir;
    rmSync(dir, { recursive: true, force: true });
  };
  return { dir, conf, pinFile, create, remove };
}

/** SoftHSM reads its settings in C_Initialize only, and test files may share a process: what the one before used must go. */
const forgetModule = () => quietly(() => loadModule(SOFTHSM).module.C_Finalize());
