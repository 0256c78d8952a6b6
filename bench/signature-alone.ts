// Run as a process of its own, as SoftHSM reads its configuration at the start: prints the CPU milliseconds of one signature by the CA's key.
import { readFileSync } from 'node:fs';

import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';

const SIGNATURES = 3000;
const { PKCS11_MODULE = '', HSM_TOKEN = '', HSM_PIN_FILE = '' } = process.env;
const pin = readFileSync(HSM_PIN_FILE, 'utf8').trim();
const hsm = openHsm({ module: PKCS11_MODULE, tokenLabel: HSM_TOKEN, pin, sessions: 2 });
const signer = await hsm.signer('ca-main');
if (!signer) throw new Error('the token has no key of the CA');
const data = Buffer.alloc(300, 7);
const sign = async (times: number) => {
  for (let i = 0; i < times; i++) await signer.sign(data);
};
await sign(300);
const before = process.cpuUsage();
await sign(SIGNATURES);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000 / SIGNATURES);
await hsm.close();
