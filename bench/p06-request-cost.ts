import type { Benchmark } from './benchmark.ts';
import { median } from './http-load.ts';
import { costOf, requestWork, type RequestRound } from './request-work.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const mine = ['api', 'worker', 'postgres', 'temporal'] as const;

/** CPU milliseconds of one request: as the product does it, its empty Temporal shape, and the crypto and SQL alone. */
const partsOf = ({ approval, production, shape, raw, sqlMs }: RequestRound & { sqlMs: number }) => ({
  ours: costOf(approval, ...mine) + costOf(production, ...mine),
  byProcess: Object.fromEntries(mine.map((name) => [name, costOf(approval, name) + costOf(production, name)])),
  shape: costOf(shape, 'shape', 'postgres', 'temporal'),
  card: mean(raw.card),
  ca: mean(raw.ca),
  sql: sqlMs,
  mailer: raw.mailer,
});

/** From nothing to the finished card, led as `smartcms issue` leads it, against the same Temporal shape with empty steps plus the raw work. */
export const requestCost: Benchmark = {
  id: 'P6',
  title: 'CPU of a request from registration to issued card ÷ its empty Temporal shape plus the raw work',
  unit: '×',
  aim: { text: '≤ 1.15 (must: ≤ 1.30)', atMost: 1.15 },
  async run(context) {
    const { rounds, histories, sql, idle, perRound } = await requestWork(context);
    const parts = rounds.map((round) => partsOf({ ...round, sqlMs: round.raw.sql / perRound }));
    const of = (name: 'ours' | 'shape' | 'card' | 'ca' | 'sql' | 'mailer') => median(parts.map((p) => p[name]));
    const { real } = histories;
    const count = (type: string) => (real.byType[type] ?? 0) / perRound;
    const [ours, shape, card, ca, rawSql] = [of('ours'), of('shape'), of('card'), of('ca'), of('sql')];
    return {
      value: median(parts.map((p) => p.ours / (p.shape + p.card + p.ca + p.sql))),
      raw: { parts, histories, sql, idle, perRound },
      note:
        `${ours.toFixed(0)} CPU-ms = shape ${shape.toFixed(0)} + card ${card.toFixed(0)} + CA ${ca.toFixed(1)} + ${sql.rows.toFixed(0)} rows in ` +
        `${sql.transactions.toFixed(0)} transactions ${rawSql.toFixed(1)} + ours ${(ours - shape - card - ca - rawSql).toFixed(0)} ` +
        `(of it the PIN mailer ${of('mailer').toFixed(0)}); ${count('WORKFLOW_EXECUTION_STARTED')} workflows, ` +
        `${count('ACTIVITY_TASK_SCHEDULED')} activities, ${count('WORKFLOW_EXECUTION_UPDATE_ACCEPTED')} updates, ` +
        `${(real.events / perRound).toFixed(0)} events, ${(real.bytes / perRound / 1000).toFixed(1)} kB`,
    };
  },
};
