import { setTimeout as pause } from 'node:timers/promises';

import type { Hsm } from '../connectors/hsm/hsm.ts';
import type { Signer } from '../domain/signer.ts';

/** How an HSM behaves: so long for a signature, so many sessions that sign at once. */
export interface Slowness {
  ms: number;
  sessions: number;
}

/** SoftHSM behind a wrapper that counts calls and makes signatures wait, in line for a session, as long as a slower HSM would. No real device. */
export function slowHsm(hsm: Hsm, { ms, sessions }: Slowness): { hsm: Hsm; calls: () => { signatures: number; random: number } } {
  const calls = { signatures: 0, random: 0 };
  let busy = 0;
  const waiting: (() => void)[] = [];
  const take = async () => {
    if (busy < sessions) busy += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const giveBack = () => {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  };
  const slow = (signer: Signer): Signer => ({
    spec: signer.spec,
    spki: signer.spki,
    async sign(data) {
      calls.signatures += 1;
      await take();
      try {
        if (ms > 0) await pause(ms);
        return await signer.sign(data);
      } finally {
        giveBack();
      }
    },
  });
  const slowed: Hsm = {
    async signer(label, create) {
      const found = await hsm.signer(label, create);
      return found && slow(found);
    },
    random(length) {
      calls.random += 1;
      return hsm.random(length);
    },
    ensureWrappingKey: (label) => hsm.ensureWrappingKey(label),
    wrap: (label, plain, aad) => hsm.wrap(label, plain, aad),
    unwrap: (label, sealed, aad) => hsm.unwrap(label, sealed, aad),
    status: () => hsm.status(),
    close: () => hsm.close(),
  };
  return { hsm: slowed, calls: () => ({ ...calls }) };
}
