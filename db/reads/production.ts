import type { Knex } from 'knex';

import { iso } from './requests.ts';

export type ProductionView = NonNullable<Awaited<ReturnType<typeof openProduction>>>;

/** The newest production of a request with its step journal, or null. */
export async function openProduction(knex: Knex, requestId: string) {
  const production = (await knex('productions')
    .join('stations', 'stations.id', 'productions.station_id')
    .where({ requestId })
    .orderBy('productions.started_at', 'desc')
    .first('productions.*', { stationName: 'stations.name' })) as Record<string, unknown> | undefined;
  if (!production) return null;
  const steps = (await knex('production_steps').where({ productionId: production.id }).orderBy('position')) as Record<string, unknown>[];
  return {
    id: production.id as string,
    state: production.state as string,
    stationId: production.stationId as string,
    stationName: production.stationName as string,
    problem: production.problemCode
      ? { code: production.problemCode as string, detail: (production.problemDetail as string | null) ?? '' }
      : null,
    steps: steps.map((s) => ({
      step: s.step as string,
      state: s.state as string,
      detail: s.detail as Record<string, unknown>,
      attempts: s.attempts as number,
      startedAt: iso(s.startedAt),
      endedAt: iso(s.endedAt),
    })),
  };
}
