import { join } from 'node:path';

import { root } from '../local/paths.ts';
import { must } from '../local/run.ts';
import type { BenchContext } from './benchmark.ts';
import { median } from './http-load.ts';

/** What a certificate cost in each round of a mode: CPU of Node and of PostgreSQL, of Node alone, and certificates a second. */
export interface RoundFigures {
  cpuMs: number;
  nodeMs: number;
  rate: number;
}

export interface Issuance {
  figures: Record<'bulk' | 'raw' | 'unaudited' | 'audited' | 'sealed', RoundFigures[]>;
  sealLagMs: number;
  /** Of the audit trail that the rounds left. */
  verification: { events: number; perSecond: number; perNodeCpuSecond: number };
  counted: { certificates: number; serials: number; valid: number; events: number };
  rounds: number;
  perRound: number;
}

const known = new WeakMap<BenchContext['lab'], Promise<Issuance>>();

/** Issues certificates by the raw loops and by the embedded CA, in turn; once for all benchmarks that read it. */
export function issuance(context: BenchContext): Promise<Issuance> {
  const begun = known.get(context.lab) ?? issue(context);
  known.set(context.lab, begun);
  return begun;
}

async function issue({ lab, rounds, seed }: BenchContext): Promise<Issuance> {
  const { env } = await lab.services();
  const { operations, audit } = await lab.databases('bench_issuance');
  const script = join(root, 'bench/issuance-rounds.ts');
  const urls = { BENCH_DATABASE: operations.databaseUrl, BENCH_AUDIT: audit.databaseUrl };
  const output = await must(process.execPath, [script, String(rounds), String(seed)], { env: { ...env, ...urls } });
  const result = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Issuance;
  assertWhole(result);
  return result;
}

/** Every order has its one certificate, and every audited change its two events. */
function assertWhole({ counted, rounds, perRound }: Issuance): void {
  const batches = rounds + 1; // and the one to warm up
  const expected = { certificates: 3 * batches * perRound, events: 2 * 2 * batches * perRound };
  const { certificates, serials, valid, events } = counted;
  if (certificates !== expected.certificates || serials !== certificates || valid !== certificates || events !== expected.events)
    throw new Error(`the output is not whole: ${JSON.stringify({ counted, expected })}`);
}

export const medianCpu = ({ figures }: Issuance, mode: keyof Issuance['figures']): number => median(figures[mode].map((f) => f.cpuMs));
export const worstCpu = ({ figures }: Issuance, mode: keyof Issuance['figures']): number => Math.max(...figures[mode].map((f) => f.cpuMs));
