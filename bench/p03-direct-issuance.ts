import type { Benchmark } from './benchmark.ts';
import { median } from './http-load.ts';
import { issuance, medianCpu, worstCpu } from './issuance.ts';

/** What step-ca uses where the raw bulk loop uses the other, CPU milliseconds (measured beforehand on one machine). */
const STEP_CA = { cpuMs: 1.55, bulk: 0.86 };

/** The embedded CA alone: its real code, its ledger in PostgreSQL with the audit triggers on. */
export const directIssuance: Benchmark = {
  id: 'P3',
  title: 'CPU of a certificate from the embedded CA ÷ of the same crypto and SQL alone',
  unit: '×',
  aim: { text: '≤ 1.15, and ≤ 1.0 × step-ca', atMost: 1.15 },
  async run(context) {
    const result = await issuance(context);
    const [ours, raw, bulk] = [medianCpu(result, 'audited'), medianCpu(result, 'raw'), medianCpu(result, 'bulk')];
    const stepCa = (STEP_CA.cpuMs * bulk) / STEP_CA.bulk;
    const rate = Math.round(median(result.figures.audited.map((f) => f.rate)));
    return {
      value: ours / raw,
      raw: { ours, raw, bulk, stepCa, toStepCa: ours / stepCa, worst: worstCpu(result, 'audited'), ...result },
      note:
        `${ours.toFixed(2)} CPU-ms, raw ${raw.toFixed(2)}, raw in bulk ${bulk.toFixed(2)}; ${(ours / stepCa).toFixed(2)} × step-ca, ` +
        `which would use ${stepCa.toFixed(2)} here; ${rate}/s`,
    };
  },
};
