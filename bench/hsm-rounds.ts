// Run as a process of its own, as SoftHSM reads its configuration at the start: issues certificates with HSMs of several speeds, prints JSON.
import { pino } from 'pino';
import { readFileSync } from 'node:fs';

import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { openDatabase } from '../db/database.ts';
import { relayAndSeal } from '../worker/audit-loop.ts';
import { embeddedCas } from '../worker/embedded-cas.ts';
import { auditKeyLabel } from '../worker/initial-keys.ts';
import { certificateOrders } from './certificate-orders.ts';
import { load } from './http-load.ts';
import { slowHsm, type Slowness } from './slow-hsm.ts';

/** What one speed came to; calls for certificates and for the seals over their audit events. */
export interface HsmRound {
  certificates: number;
  signatures: number;
  /** Reads of random bytes. */
  random: number;
  rate: number;
}

const { PKCS11_MODULE = '', HSM_TOKEN = '', HSM_PIN_FILE = '', BENCH_DATABASE = '', BENCH_AUDIT = '' } = process.env;
const AT_ONCE = 64;
const modes: Record<string, Slowness & { certificates: number }> = {
  warm: { ms: 0, sessions: 30, certificates: 300 },
  fast: { ms: 0, sessions: 30, certificates: 1000 },
  luna: { ms: 14, sessions: 30, certificates: 1000 },
  yubi: { ms: 73, sessions: 1, certificates: 100 },
};

const token = openHsm({
  module: PKCS11_MODULE,
  tokenLabel: HSM_TOKEN,
  pin: readFileSync(HSM_PIN_FILE, 'utf8').trim(),
  sessions: 30,
});
const [knex, audit] = [openDatabase(BENCH_DATABASE, { poolMax: 16 }), openDatabase(BENCH_AUDIT, { poolMax: 2 })];

async function issue(mode: string, { certificates, ...slowness }: Slowness & { certificates: number }): Promise<HsmRound> {
  const orders = await certificateOrders(certificates, mode);
  const { hsm, calls } = slowHsm(token, slowness);
  const ca = (await embeddedCas({ knex, hsm, validationUrl: 'http://pki.aurelia.example' })).get('main');
  const signer = await hsm.signer(auditKeyLabel);
  if (!ca || !signer) throw new Error('the token lacks a key');
  const before = calls();
  const started = performance.now();
  await load(certificates, AT_ONCE, async (n) => {
    const answer = await ca.submit(orders[n] as (typeof orders)[number], `${mode}/${n}`);
    if (answer.state !== 'issued') throw new Error(answer.state);
    return 0;
  });
  const seconds = (performance.now() - started) / 1000;
  const relay = relayAndSeal({ operations: knex, audit, signer, log: pino({ level: 'silent' }) });
  while ((await relay()).more);
  const after = calls();
  const asked = { signatures: after.signatures - before.signatures, random: after.random - before.random };
  return { certificates, ...asked, rate: certificates / seconds };
}

const rounds: Record<string, HsmRound> = {};
for (const [mode, given] of Object.entries(modes)) rounds[mode] = await issue(mode, given);
console.log(JSON.stringify(rounds));
await Promise.all([knex.destroy(), audit.destroy()]);
await token.close();
