import { Histogram, type Registry } from 'prom-client';

import type { Hsm } from '../connectors/hsm/hsm.ts';
import type { Signer } from '../domain/signer.ts';

/** The same HSM; how long its signatures take, and whether they fail, is counted. */
export function measuredHsm(hsm: Hsm, registry: Registry): Hsm {
  const seconds = new Histogram({
    name: 'smartcms_hsm_sign_seconds',
    help: 'Signatures by the HSM, with the wait for a free session, by outcome.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const measured = (signer: Signer): Signer => ({
    spec: signer.spec,
    spki: signer.spki,
    async sign(data) {
      const time = seconds.startTimer();
      try {
        const signature = await signer.sign(data);
        time({ outcome: 'done' });
        return signature;
      } catch (error) {
        time({ outcome: 'failed' });
        throw error;
      }
    },
  });
  return {
    signer: async (label, create) => {
      const signer = await hsm.signer(label, create);
      return signer && measured(signer);
    },
    ensureWrappingKey: (label) => hsm.ensureWrappingKey(label),
    wrap: (label, plain, aad) => hsm.wrap(label, plain, aad),
    unwrap: (label, sealed, aad) => hsm.unwrap(label, sealed, aad),
    random: (length) => hsm.random(length),
    status: () => hsm.status(),
    close: () => hsm.close(),
  };
}
