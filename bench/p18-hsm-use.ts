import { join } from 'node:path';

import { root } from '../local/paths.ts';
import { must } from '../local/run.ts';
import type { Benchmark } from './benchmark.ts';
import type { HsmRound } from './hsm-rounds.ts';

/** Signatures a second that the simulated HSMs can give: 30 sessions of 14 ms, one of 73 ms. */
const CAPS = { luna: 30 / 0.014, yubi: 1 / 0.073 };

/** How often a certificate asks the HSM, and how near the rate comes to what a slower HSM could give. The slower ones are simulated. */
export const hsmUse: Benchmark = {
  id: 'P18',
  title: 'calls of the HSM for a certificate: signatures, random bytes, seals of the audit trail',
  unit: '',
  aim: { text: '≤ 1.01 (must: ≤ 1.2); rate ≥ 0.95 × what the slower of HSM and CPU gives', atMost: 1.01 },
  async run({ lab }) {
    const { env } = await lab.services();
    const { operations, audit } = await lab.databases('bench_hsm');
    const urls = { BENCH_DATABASE: operations.databaseUrl, BENCH_AUDIT: audit.databaseUrl };
    const output = await must(process.execPath, [join(root, 'bench/hsm-rounds.ts')], { env: { ...env, ...urls } });
    const rounds = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<'fast' | 'luna' | 'yubi', HsmRound>;
    const reached = (name: 'luna' | 'yubi') => rounds[name].rate / Math.min(CAPS[name], rounds.fast.rate);
    return {
      value: (rounds.fast.signatures + rounds.fast.random) / rounds.fast.certificates,
      raw: { rounds, caps: CAPS, reached: { luna: reached('luna'), yubi: reached('yubi') } },
      note:
        `signatures alone ${(rounds.fast.signatures / rounds.fast.certificates).toFixed(3)}; ${rounds.fast.rate.toFixed(0)}/s with SoftHSM; simulated 14 ms × 30 sessions: ${rounds.luna.rate.toFixed(0)}/s, ` +
        `${reached('luna').toFixed(2)} of the cap; 73 ms × 1: ${rounds.yubi.rate.toFixed(1)}/s, ${reached('yubi').toFixed(2)}`,
    };
  },
};
