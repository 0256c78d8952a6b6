import type { Benchmark } from './benchmark.ts';

const notRun = (id: string, title: string, why: string): Benchmark => ({ id, title, unit: '', aim: { text: '' }, run: { notRun: why } });

/** Goals that cannot be measured, and why. */
export const bureauOverhead = notRun('P1', 'CPU of a device in a batch ÷ raw bulk loop', 'the bureau does not exist yet');
export const bureauRate = notRun('P2', 'devices a second in a batch', 'the bureau does not exist yet');
export const againstEjbca = notRun(
  'P4',
  'rate of issuance ÷ that of EJBCA',
  'EJBCA is in no package registry that the benchmarks may install from',
);
export const expirySweep = notRun('P14', 'expiry sweep over a million certificates', 'renewal does not exist yet');
export const exportAndImport = notRun('P17', 'rows exported a second ÷ COPY', 'export and import of lists do not exist yet');
