import type { Benchmark } from './benchmark.ts';
import { cpuSeconds } from './cpu.ts';
import { openOffice } from './desk.ts';
import { load, median } from './http-load.ts';

/** What privacyIDEA uses for a token without a PIN, audit row and all, CPU milliseconds (measured beforehand: 30 to 36). */
const PRIVACY_IDEA = 30;
const PER_ROUND = 200;
const AT_ONCE = 8;

/** A new person and a request for a card, audited, in one call: bookkeeping alone, as a token of privacyIDEA without PIN and key is. */
export const enrolment: Benchmark = {
  id: 'P5',
  title: 'CPU of an enrolment at privacyIDEA ÷ ours, no PIN on either side',
  unit: '×',
  aim: { text: '≥ 20 (must: ≥ 10)', atLeast: 20 },
  async run({ lab, seed, rounds }) {
    const { url } = await lab.services();
    const { api, postgres } = await lab.pids();
    const office = await openOffice(url, { seed, first: 30_000 });
    const enrol = async () => {
      const rows = office.people(PER_ROUND);
      await load(rows.length, AT_ONCE, async (n) => (await office.draft(rows[n] as (typeof rows)[number]), 0));
    };
    await enrol();
    const figures: { api: number; postgres: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const [a, p] = [cpuSeconds([api]), cpuSeconds([postgres])];
      await enrol();
      figures.push({ api: ((cpuSeconds([api]) - a) * 1000) / PER_ROUND, postgres: ((cpuSeconds([postgres]) - p) * 1000) / PER_ROUND });
    }
    const [ours, ourApi] = [median(figures.map((f) => f.api + f.postgres)), median(figures.map((f) => f.api))];
    return {
      value: PRIVACY_IDEA / ours,
      raw: { figures, perRound: PER_ROUND, privacyIdea: PRIVACY_IDEA },
      note: `${ours.toFixed(1)} CPU-ms: API ${ourApi.toFixed(1)}, the rest PostgreSQL, whose part of relaying and sealing the audit trail is in it`,
    };
  },
};
