import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { root } from '../../local/paths.ts';

export type Order = 'removed' | 'pin-incorrect' | 'final-try' | 'no-keys' | 'hold' | 'lose-sessions';

/** A module over a real one, which fails on order; see pkcs11-shim.c. */
export interface Pkcs11Shim {
  /** Path of the module. */
  module: string;
  /** What a process needs in its environment to use it; it is in that of this process too. */
  env: Record<'SHIM_DIR' | 'SHIM_MODULE', string>;
  order(order: Order): void;
  /** The order ends. */
  revoke(order: Order): void;
  isOrdered(order: Order): boolean;
  /** How often a call was made, and with this answer (`CKR_` in hex) if one is given. */
  count(call: 'C_Login' | 'C_OpenSession' | 'C_GetSlotList' | 'C_Sign', answer?: string): number;
}

/** Compiles the shim into `dir`. */
export function pkcs11Shim({ dir, module: real }: { dir: string; module: string }): Pkcs11Shim {
  mkdirSync(dir, { recursive: true });
  const module = join(dir, 'shim.so');
  const source = fileURLToPath(new URL('pkcs11-shim.c', import.meta.url));
  const headers = join(root, 'node_modules/pkcs11js/includes/pkcs11');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', `-I${headers}`, '-o', module, source, '-ldl']);
  const env = { SHIM_DIR: dir, SHIM_MODULE: real };
  Object.assign(process.env, env);
  const ledger = (): string[] => (existsSync(join(dir, 'ledger')) ? readFileSync(join(dir, 'ledger'), 'utf8').split('\n') : []);
  return {
    module,
    env,
    order: (order) => writeFileSync(join(dir, order), ''),
    revoke: (order) => rmSync(join(dir, order), { force: true }),
    isOrdered: (order) => existsSync(join(dir, order)),
    count: (call, answer) => ledger().filter((line) => (answer ? line === `${call} ${answer}` : line.startsWith(`${call} `))).length,
  };
}
