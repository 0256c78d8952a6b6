import type { Knex } from 'knex';

/** Two hosts whose clocks differ by more disagree about what is valid: certificates, CRLs, sessions. */
export const clockToleranceMs = 5_000;

/** By how many milliseconds the clock here is ahead of (or, negative, behind) the database's; the way of the question does not count. */
export async function clockGapMs(knex: Knex, now: () => number = Date.now): Promise<number> {
  const before = now();
  const { rows } = await knex.raw<{ rows: { at: Date }[] }>('select clock_timestamp() as at');
  const after = now();
  const there = rows[0]?.at.getTime() ?? after;
  return there < before ? before - there : Math.min(0, after - there);
}

/** The clock of this process as a service that Home shows. */
export async function clockService(knex: Knex): Promise<{ name: 'clock'; state: 'ok' | 'down'; detail: string }> {
  const seconds = Math.round((await clockGapMs(knex)) / 1000);
  const differs = Math.abs(seconds) * 1000 > clockToleranceMs;
  return {
    name: 'clock',
    state: differs ? 'down' : 'ok',
    detail: `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the database`,
  };
}
