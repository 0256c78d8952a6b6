import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Knex } from 'knex';

import { acceptedRestores, type AcceptedRestore } from './accept-restore.ts';
import { headProblem, strangers } from './relay.ts';
import { sealText } from './seal.ts';
import type { Seal } from './seal.ts';

export interface AuditVerification {
  ok: boolean;
  events: number;
  seals: number;
  head: { seq: number; hash: string };
  /** The first event that is not as it was written; of a broken seal, the first one that it covers. */
  firstWrong: { seq: number; reason: string } | null;
  /** Breaks that were explained, the last first. */
  restores: (Omit<AcceptedRestore, 'at'> & { at: string })[];
  checkedAt: string;
}

interface Progress {
  events: number;
  seals: number;
  seq: number;
  hash: Buffer;
  /** Event and signature of the last good seal. */
  sealedTo: number;
  signature: Buffer;
  wrong: { seq: number; reason: string } | null;
}

const PAGE = 10_000;

/**
 * Reads the whole trail and recomputes chain and seals; compares its end with what the operations database remembers. The end is compared
 * while the relay stands still, so that events which arrive meanwhile are not taken for strangers.
 */
export async function verifyAudit(audit: Knex, operations: Knex, publicKeySpki: Buffer): Promise<AuditVerification> {
  const progress: Progress = { events: 0, seals: 0, seq: 0, hash: Buffer.alloc(0), sealedTo: 0, signature: Buffer.alloc(0), wrong: null };
  const key = createPublicKey({ key: publicKeySpki, format: 'der', type: 'spki' });
  await checkEvents(progress, audit);
  await operations.transaction(async (trx) => {
    await trx.raw(`select pg_advisory_xact_lock(hashtextextended('smartcms.relay', 0))`);
    await checkEvents(progress, audit);
    await checkSeals(progress, audit, key);
    const known = await trx('audit_head').first<{ seq: number; hash: Buffer; seals: number }>();
    progress.wrong ??= (await headProblem(audit, known)) ?? sealsCut(progress, known.seals) ?? (await strangers(trx, audit, known.seq));
  });
  return report(progress, await acceptedRestores(audit));
}

/** Recomputes the chain from the last event checked to the present end, or to the first that is wrong. */
async function checkEvents(progress: Progress, audit: Knex): Promise<void> {
  let next = page(audit, progress.seq);
  for (let rows = await next; rows.length > 0 && !progress.wrong; rows = await next) {
    next = page(audit, rows.at(-1)?.seq ?? 0); // the server reads on while this page is hashed
    for (const row of rows) {
      checkEvent(progress, row);
      if (progress.wrong) break;
    }
  }
  await next;
}

interface Row {
  seq: number;
  hash: Buffer;
  text: string;
}

const page = async (audit: Knex, after: number): Promise<Row[]> =>
  (
    await audit.raw<{ rows: Row[] }>(
      `select seq, hash, audit_text(e) as text from audit_events e where seq > ? order by seq limit ${PAGE}`,
      [after],
    )
  ).rows;

type SealOfEvent = Seal & { eventHash: Buffer | null };

/** Each seal stands on the one before it and on an event as the chain has it. What is wrong first, in the order of events, is named. */
async function checkSeals(progress: Progress, audit: Knex, key: KeyObject): Promise<void> {
  const chainBreaksAt = progress.wrong?.seq ?? Infinity;
  for (let seals = await sealsAfter(audit, 0); seals.length > 0; seals = await sealsAfter(audit, progress.seals)) {
    for (const seal of seals) {
      if (seal.seq >= chainBreaksAt) return;
      if (seal.seq > progress.seq) {
        progress.wrong = { seq: progress.seq + 1, reason: `removed: a seal reaches to event ${seal.seq}` };
        return;
      }
      if (!isRight(progress, seal, key)) {
        progress.wrong = {
          seq: progress.sealedTo + 1,
          reason: `the seal at event ${seal.seq} does not fit: written anew, or a seal is missing`,
        };
        return;
      }
      Object.assign(progress, { seals: seal.n, sealedTo: seal.seq, signature: seal.signature });
    }
  }
}

const sealsAfter = (audit: Knex, n: number): Promise<SealOfEvent[]> =>
  audit('audit_seals as s')
    .leftJoin('audit_events as e', 'e.seq', 's.seq')
    .where('s.n', '>', n)
    .orderBy('s.n')
    .limit(PAGE)
    .select<SealOfEvent[]>('s.*', { eventHash: 'e.hash' });

const isRight = (progress: Progress, seal: SealOfEvent, key: KeyObject): boolean =>
  seal.n === progress.seals + 1 &&
  seal.eventHash?.equals(seal.hash) === true &&
  verify('sha256', sealText(seal, progress.signature), key, seal.signature);

function checkEvent(progress: Progress, row: Row): void {
  if (row.seq !== progress.seq + 1) {
    progress.wrong = { seq: progress.seq + 1, reason: 'removed' };
    return;
  }
  const hash = createHash('sha256').update(progress.hash).update(row.text, 'utf8').digest();
  if (!hash.equals(row.hash)) progress.wrong = { seq: row.seq, reason: 'not as it was written' };
  else Object.assign(progress, { seq: row.seq, hash, events: progress.events + 1 });
}

const sealsCut = (progress: Progress, known: number): Progress['wrong'] =>
  !progress.wrong && progress.seals < known ? { seq: progress.sealedTo + 1, reason: 'the last seals are missing' } : null;

const report = ({ wrong, ...progress }: Progress, restores: AcceptedRestore[]): AuditVerification => ({
  ok: wrong === null,
  events: progress.events,
  seals: progress.seals,
  head: { seq: progress.seq, hash: progress.hash.toString('hex') },
  firstWrong: wrong,
  restores: restores.map((restore) => ({ ...restore, at: restore.at.toISOString() })),
  checkedAt: new Date().toISOString(),
});
