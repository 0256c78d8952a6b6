import type { Benchmark } from './benchmark.ts';
import { issuance, medianCpu } from './issuance.ts';

/** The embedded CA with its trail written, relayed, chained and sealed, and without any. Two rows a certificate: the most that work can weigh. */
export const auditOverhead: Benchmark = {
  id: 'P15',
  title: 'CPU of a certificate with the sealed audit trail ÷ without',
  unit: '×',
  aim: { text: '≤ 1.05; seal lag p99 ≤ 1 s', atMost: 1.05 },
  async run(context) {
    const result = await issuance(context);
    const [sealed, audited, unaudited] = (['sealed', 'audited', 'unaudited'] as const).map((mode) => medianCpu(result, mode)) as [
      number,
      number,
      number,
    ];
    const { sealLagMs } = result;
    return {
      value: sealed / unaudited,
      raw: { sealed, audited, unaudited, sealLagMs },
      note:
        `${unaudited.toFixed(2)} CPU-ms without, +${(audited - unaudited).toFixed(2)} for the triggers, +${(sealed - audited).toFixed(2)} for ` +
        `relay, chain and seal; seal lag p99 ${Math.round(sealLagMs)} ms`,
    };
  },
};
