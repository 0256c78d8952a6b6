import type { Benchmark } from './benchmark.ts';
import { issuance } from './issuance.ts';

/** The whole trail of the issuance rounds, read and recomputed: chain and seals. */
export const auditVerification: Benchmark = {
  id: 'P16',
  title: 'audit events verified a second',
  unit: '/s',
  aim: { text: '≥ 200,000', atLeast: 200_000 },
  async run(context) {
    const { verification } = await issuance(context);
    return {
      value: Math.round(verification.perSecond),
      raw: verification,
      note: `${verification.events} events; ${Math.round(verification.perNodeCpuSecond)} for each CPU second of Node, which waits for PostgreSQL the rest`,
    };
  },
};
