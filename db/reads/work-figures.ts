import type { Knex } from 'knex';

/** What waits, by kind: how many, and for how many seconds the oldest. */
export interface Waiting {
  count: number;
  oldestSeconds: number;
}

/** What waits and what runs out, for whoever watches the system. Each figure is a read of an index. */
export interface WorkFigures {
  outbox: Waiting;
  mail: { queued: Waiting; refused: Waiting };
  /** By kind: suspension, reactivation, revocation. */
  certificateActions: Record<string, Waiting>;
  stoppedProductions: Waiting;
  /** Blank devices by the code of their station. */
  stock: Record<string, number>;
  /** The CRL that is published, by CA: its age, and for how long it may still be believed. */
  crls: Record<string, { ageSeconds: number; validSeconds: number }>;
}

/** Counting stops here: beyond it the alarm rings anyway, and a count of a million rows would cost more than it tells. */
const enough = 10_000;

export async function workFigures(knex: Knex): Promise<WorkFigures> {
  const [outbox, queued, refused, stoppedProductions, certificateActions, stock, crls] = await Promise.all([
    outboxFigures(knex),
    waiting(knex, 'mail_outbox', `state = 'queued'`, 'created_at'),
    waiting(knex, 'mail_outbox', `state = 'refused'`, 'created_at'),
    waiting(knex, 'productions', `state = 'stopped'`, 'started_at'),
    actionFigures(knex),
    stockFigures(knex),
    crlFigures(knex),
  ]);
  return { outbox, mail: { queued, refused }, stoppedProductions, certificateActions, stock, crls };
}

/** How long the oldest audit event that no seal covers yet has waited; 0 when all are sealed. */
export async function unsealedSeconds(audit: Knex): Promise<number> {
  const [row] = await rows<{ seconds: number | null }>(
    audit,
    `select extract(epoch from now() - at)::float as seconds from audit_events
     where seq > coalesce((select seq from audit_seals order by n desc limit 1), 0) order by seq limit 1`,
  );
  return Math.max(0, row?.seconds ?? 0);
}

const rows = async <T>(knex: Knex, sql: string, bindings: readonly Knex.RawBinding[] = []): Promise<T[]> =>
  (await knex.raw<{ rows: T[] }>(sql, bindings)).rows;

const age = (column: string) => `coalesce(greatest(0, extract(epoch from now() - min(${column}))), 0)::float`;

async function waiting(knex: Knex, table: string, where: string, since: string): Promise<Waiting> {
  const [row] = await rows<Waiting>(
    knex,
    `select count(*)::int as count, ${age(since)} as "oldestSeconds" from (select ${since} from ${table} where ${where} order by ${since} limit ?) w`,
    [enough],
  );
  return row ?? { count: 0, oldestSeconds: 0 };
}

/** In the order of its key: the first is the oldest. */
async function outboxFigures(knex: Knex): Promise<Waiting> {
  const [row] = await rows<Waiting>(
    knex,
    `select count(*)::int as count, ${age('at')} as "oldestSeconds" from (select at from audit_outbox order by xid, id limit ?) w`,
    [enough],
  );
  return row ?? { count: 0, oldestSeconds: 0 };
}

async function actionFigures(knex: Knex): Promise<Record<string, Waiting>> {
  const kinds = ['suspension', 'reactivation', 'revocation'];
  const figures = kinds.map(async (kind) => {
    return [kind, await waiting(knex, 'certificate_actions', `kind = '${kind}' and workflow_state <> 'ended'`, 'requested_at')] as const;
  });
  return Object.fromEntries(await Promise.all(figures));
}

async function stockFigures(knex: Knex): Promise<Record<string, number>> {
  const counted = await rows<{ code: string; blank: number }>(
    knex,
    `select s.code, count(d.id)::int as blank from stations s left join devices d on d.station_id = s.id and d.state = 'in_stock'
     where s.active group by s.code`,
  );
  return Object.fromEntries(counted.map(({ code, blank }) => [code, blank]));
}

async function crlFigures(knex: Knex): Promise<WorkFigures['crls']> {
  const latest = await rows<{ ca: string; age: number; valid: number }>(
    knex,
    `select c.code as ca, extract(epoch from now() - l.this_update)::float as age, extract(epoch from l.next_update - now())::float as valid
     from cas c join lateral (select this_update, next_update from crls where ca = c.code order by number desc limit 1) l on true`,
  );
  return Object.fromEntries(latest.map(({ ca, age: ageSeconds, valid }) => [ca, { ageSeconds, validSeconds: valid }]));
}
