import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './run.ts';
import { secretOf } from './secrets.ts';
import { softhsmModule } from './system-packages.ts';

export interface HsmOptions {
  /** Where `tokens/` and `softhsm2.conf` are kept. */
  dir: string;
  secretsDir: string;
  tokenLabel: string;
}

/**
 * A token that is ready to use. SoftHSM reads `SOFTHSM2_CONF` only in C_Initialize, from the environment the process was started with,
 * so it is for child processes: give them `env`.
 */
export interface Hsm {
  module: string;
  config: string;
  tokenLabel: string;
  pinFile: string;
  pin: string;
  env: { PKCS11_MODULE: string; SOFTHSM2_CONF: string; HSM_TOKEN: string; HSM_PIN_FILE: string };
}

/** Makes the token at the first start (random SO and user PIN, kept in `secretsDir`) and finds it at later ones. */
export async function prepareHsm({ dir, secretsDir, tokenLabel }: HsmOptions): Promise<Hsm> {
  const module = await softhsmModule();
  const config = writeConfig(dir);
  const pinFile = join(secretsDir, 'hsm-pin');
  const soPin = secretOf(join(secretsDir, 'hsm-so-pin'), newPin);
  const pin = secretOf(pinFile, newPin);
  const env = { PKCS11_MODULE: module, SOFTHSM2_CONF: config, HSM_TOKEN: tokenLabel, HSM_PIN_FILE: pinFile };
  await must(process.execPath, [join(import.meta.dirname, 'init-token.ts')], {
    env: { ...process.env, ...env, HSM_PIN: pin, HSM_SO_PIN: soPin },
  });
  return { module, config, tokenLabel, pinFile, pin, env };
}

const newPin = (): string => Array.from({ length: 12 }, () => randomInt(10)).join('');

function writeConfig(dir: string): string {
  const tokens = join(dir, 'tokens');
  mkdirSync(tokens, { recursive: true, mode: 0o700 });
  const config = join(dir, 'softhsm2.conf');
  writeFileSync(config, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`);
  return config;
}
