import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { recordEvent, transaction } from '../transaction.ts';
import { headProblem, strangers } from './relay.ts';

/** Under this name the event stands in the trail. */
const event = { objectType: 'audit_trail', objectId: 'restored' };

/** A break in the trail that was explained: one of the databases was restored to another moment than the other. */
export interface AcceptedRestore {
  /** The event that tells it. */
  seq: number;
  at: Date;
  /** The last event that the operations database knew, and the last that was in the audit database. */
  known: number;
  found: number;
  reason: string;
}

/** What the trail says of a certificate and the restored ledger does not. */
export interface LostChange {
  /** CA and serial number. */
  certificate: string;
  was: 'issued' | 'good' | 'held' | 'revoked';
}

/**
 * Lets the relay go on after only one of the databases was restored, or both to different moments. The break stays visible: an event with
 * both ends and the reason is the next in the trail. Returns what the trail knows of certificates and the ledger does not. Throws a failure when
 * the databases fit each other, and when an event differs that both have: no restore does that.
 */
export const acceptRestore = ({ operations, audit, reason }: { operations: Knex; audit: Knex; reason: string }) =>
  transaction(operations, system, async (trx) => {
    await trx.raw(`select pg_advisory_xact_lock(hashtextextended('smartcms.relay', 0))`);
    const known = (await trx('audit_head').first<Head | undefined>('seq', 'hash')) ?? { seq: 0, hash: Buffer.alloc(0) };
    await assertBroken(trx, audit, known);
    const found = await headOf(audit);
    const [seals] = await audit('audit_seals').max<{ n: number | null }[]>('n as n');
    await trx('audit_head').update({ ...found, seals: seals?.n ?? 0 });
    await recordEvent(trx, { kind: 'audit_restored', ...event, detail: { reason, known: known.seq, found: found.seq } });
    return { known: known.seq, found: found.seq, lost: await lostChanges(trx, audit, known.seq) };
  });

interface Head {
  seq: number;
  hash: Buffer;
}

const headOf = async (audit: Knex): Promise<Head> =>
  (await audit('audit_events').orderBy('seq', 'desc').first<Head | undefined>('seq', 'hash')) ?? { seq: 0, hash: Buffer.alloc(0) };

async function assertBroken(operations: Knex, audit: Knex, known: Head): Promise<void> {
  const same = await audit('audit_events').where({ seq: known.seq }).first<Head | undefined>('seq', 'hash');
  if (same && !same.hash.equals(known.hash))
    throw failure(
      'wrong_state',
      `Event ${known.seq} is another one in each database. No restore does that: save both databases, call security.`,
    );
  if ((await headProblem(audit, known)) ?? (await strangers(operations, audit, known.seq))) return;
  throw failure('wrong_state', 'The two databases fit each other: there is nothing to accept.');
}

/** Of the events that the operations database does not remember, those that changed the ledger of a CA. */
async function lostChanges(operations: Knex, audit: Knex, after: number): Promise<LostChange[]> {
  const { rows } = await audit.raw<{ rows: { certificate: string; status: string }[] }>(
    `select object_id as certificate, (array_agg(after ->> 'status' order by seq desc))[1] as status from audit_events
     where object_type = 'ca_ledger' and operation in ('insert', 'update') and seq > ? group by object_id
     having bool_or(after ->> 'certificate' is not null or after ->> 'status' <> 'good' or before ->> 'status' <> 'good')`,
    [after],
  );
  const { rows: lost } = await operations.raw<{ rows: LostChange[] }>(
    `select t.certificate, case when l.certificate is null then 'issued' else t.status end as was
     from unnest(?::text[], ?::text[]) as t (certificate, status)
     left join ca_ledger l on l.ca = split_part(t.certificate, '/', 1) and l.serial = split_part(t.certificate, '/', 2)
     where l.certificate is null or l.status <> t.status order by 1`,
    [rows.map((row) => row.certificate), rows.map((row) => row.status)],
  );
  return lost;
}

/** The restores that were accepted, the last first. */
export const acceptedRestores = (audit: Knex): Promise<AcceptedRestore[]> =>
  audit('audit_events')
    .where(event)
    .orderBy('seq', 'desc')
    .limit(100)
    .select<AcceptedRestore[]>(
      'seq',
      'at',
      audit.raw(`(detail ->> 'known')::bigint as known, (detail ->> 'found')::bigint as found, detail ->> 'reason' as reason`),
    );
