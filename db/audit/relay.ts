import type { Knex } from 'knex';

export interface RelayResult {
  relayed: number;
  head: { seq: number; hash: Buffer };
}

interface Head {
  seq: number;
  hash: Buffer;
}

/**
 * Moves finished outbox rows to the audit database, in the order of their transactions. Exactly once: the audit database knows each by its
 * `source`, and the outbox row goes only when it is there. One relay at a time; another call meanwhile moves nothing. Throws when the
 * audit database is not what it was told last, because appending would hide that.
 */
export const relayOnce = (operations: Knex, audit: Knex, { limit }: { limit: number }): Promise<RelayResult> =>
  operations.transaction(async (trx) => {
    // The head is read under the lock: another relay may have moved it on just before.
    const isAlone = await alone(trx);
    const known = await knownHead(trx);
    if (!isAlone) return { relayed: 0, head: known };
    await assertContinues(trx, audit, known);
    const events = await finishedEvents(trx, limit);
    const head = await append(audit, JSON.stringify(events));
    await remember(trx, audit, head);
    await trx.raw(`delete from audit_outbox where source = any(?::uuid[])`, [events.map((e) => e.source)]);
    return { relayed: events.length, head };
  });

async function alone(trx: Knex): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { held: boolean }[] }>(
    `select pg_try_advisory_xact_lock(hashtextextended('smartcms.relay', 0)) as held`,
  );
  return rows[0]?.held === true;
}

const knownHead = async (knex: Knex): Promise<Head> =>
  (await knex('audit_head').first<Head>('seq', 'hash')) ?? { seq: 0, hash: Buffer.alloc(0) };

/** Only transactions older than every one that still runs: none can appear before a row that was relayed. */
async function finishedEvents(trx: Knex, limit: number): Promise<{ source: string }[]> {
  const { rows } = await trx.raw<{ rows: { source: string; event: object }[] }>(
    `select source, to_jsonb(o) - 'xid' - 'id' as event from audit_outbox o
     where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit ?`,
    [limit],
  );
  return rows.map((row) => ({ ...row.event, source: row.source }));
}

async function append(audit: Knex, events: string): Promise<Head> {
  const { rows } = await audit.raw<{ rows: Head[] }>(`select seq, hash from audit_append(?::jsonb)`, [events]);
  return rows[0] as Head;
}

async function remember(trx: Knex, audit: Knex, head: Head): Promise<void> {
  const seal = await audit('audit_seals').max<{ n: number | null }[]>('n as n');
  await trx('audit_head').update({ seq: head.seq, hash: head.hash, seals: seal[0]?.n ?? 0 });
}

/** The last event we know must be there, and all after it must still be in the outbox (a crash between the two commits). */
async function assertContinues(trx: Knex, audit: Knex, known: Head): Promise<void> {
  const wrong = (await headProblem(audit, known)) ?? (await strangers(trx, audit, known.seq));
  if (wrong)
    throw new Error(
      `The audit database was changed (event ${wrong.seq}: ${wrong.reason}). Run the verification; nothing is relayed meanwhile.`,
    );
}

/** Says what is wrong if the event that was relayed last is not in the audit database as it was. */
export async function headProblem(audit: Knex, known: Head): Promise<{ seq: number; reason: string } | null> {
  if (known.seq === 0) return null;
  const row = await audit('audit_events').where({ seq: known.seq }).first<{ hash: Buffer } | undefined>('hash');
  if (row) return row.hash.equals(known.hash) ? null : { seq: known.seq, reason: 'another event than the one relayed' };
  const last = await audit('audit_events').max<{ seq: number | null }[]>('seq as seq');
  return { seq: (last[0]?.seq ?? 0) + 1, reason: 'the tail is cut, or the database is an older backup' };
}

/** The first event after `seq` that did not come from the outbox. */
export async function strangers(operations: Knex, audit: Knex, seq: number): Promise<{ seq: number; reason: string } | null> {
  const extra = await audit('audit_events')
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(100_000)
    .select<{ seq: number; source: string }[]>('seq', 'source');
  if (extra.length === 0) return null;
  const { rows } = await operations.raw<{ rows: { source: string }[] }>(`select source from audit_outbox where source = any(?::uuid[])`, [
    extra.map((e) => e.source),
  ]);
  const ours = new Set(rows.map((row) => row.source));
  const stranger = extra.find((e) => !ours.has(e.source));
  return stranger ? { seq: stranger.seq, reason: 'inserted: it was never relayed' } : null;
}
