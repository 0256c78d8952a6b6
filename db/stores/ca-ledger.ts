import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { revocationCauses, RevocationCause } from '../../domain/device-state.ts';
import { grouped } from '../grouped.ts';
import { transaction } from '../transaction.ts';
import { found } from './rows.ts';

type Status = 'good' | 'held' | 'revoked';
type Reason = (typeof revocationCauses)[RevocationCause]['reason'] | 'certificateHold';

interface Entry {
  serial: string;
  clientRef: string;
  orderHash: Buffer;
  notAfter: Date;
  certificate: Buffer | null;
  status: Status;
  reason: Reason | null;
  statusSince: Date;
  change: number | null;
}

type SerialStatus = Pick<Entry, 'serial' | 'status' | 'reason' | 'statusSince'>;

interface Crl {
  number: number;
  thisUpdate: Date;
  nextUpdate: Date;
  change: number;
  der: Buffer;
}

interface Revoked {
  serial: string;
  status: 'held' | 'revoked';
  reason: Reason | null;
  statusSince: Date;
}

interface StatusChange {
  ca: string;
  serial: string;
  from: readonly Status[];
  status: Status;
  reason: Reason | null;
  since: Date;
}

interface Publication {
  ca: string;
  make: (state: {
    last: Crl | undefined;
    number: number;
    change: number;
    revoked: () => Promise<Revoked[]>;
  }) => Promise<Omit<Crl, 'change'> | undefined>;
}

interface Reservation {
  ca: string;
  serial: string;
  clientRef: string;
  orderHash: Buffer;
  notAfter: Date;
}

interface Issued {
  ca: string;
  serial: string;
  certificate: Buffer;
}

const columns = ['serial', 'clientRef', 'orderHash', 'notAfter', 'certificate', 'status', 'reason', 'statusSince', 'change'] as const;
const crlColumns = ['number', 'thisUpdate', 'nextUpdate', 'change', 'der'] as const;

/** The ledger of the embedded CA in PostgreSQL: the `CaLedger` of connectors/ca, whose contract says what each method does. */
export const caLedger = (knex: Knex) => ({
  findByRef: ({ ca, clientRef }: { ca: string; clientRef: string }): Promise<Entry | undefined> => find(knex, { ca, clientRef }),

  findBySerial: ({ ca, serial }: { ca: string; serial: string }): Promise<Entry | undefined> => find(knex, { ca, serial }),

  statuses: ({ ca, serials }: { ca: string; serials: string[] }): Promise<SerialStatus[]> =>
    knex('ca_ledger')
      .where({ ca })
      .whereRaw('serial = any (?)', [serials])
      .whereNotNull('certificate')
      .select<SerialStatus[]>('serial', 'status', 'reason', 'statusSince'),

  reserve: grouped((orders: Reservation[]) => reserve(knex, orders)),

  keepCertificate: grouped((made: Issued[]) => keep(knex, made)),

  setStatus: (change: StatusChange): Promise<Entry> => transaction(knex, system, (trx) => setStatus(trx, change)),

  latestCrl: ({ ca }: { ca: string }): Promise<Crl | undefined> => latestCrl(knex, ca),

  publish: ({ ca, make }: Publication): Promise<Crl> =>
    transaction(knex, system, async (trx) => {
      await trx.raw(`select pg_advisory_xact_lock(hashtextextended('smartcms.crl.' || ?, 0))`, [ca]);
      const last = await latestCrl(trx, ca);
      const { changes: change, crlFloor } = await counts(trx, ca); // read before the entries: a CRL may carry more than it says, never less
      const number = Math.max(last?.number ?? 0, crlFloor) + 1;
      const made = await make({ last, number, change, revoked: () => revokedEntries(trx, ca, last?.change ?? -1) });
      if (!made) return found(last, 'CRL');
      const crl = { ...made, change };
      await trx('crls').insert({ ...crl, ca });
      return crl;
    }),
});

const entryColumns = columns.map((name) => `l.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} as "${name}"`).join(', ');
/** The statement is its own transaction: the actor must be on it before the triggers look. */
const acting = `actor as materialized (select set_config('smartcms.actor', ?, true))`;
const actor = JSON.stringify({ kind: system.kind, id: system.id });

/** In the order of their references, so that two processes with the same orders do not wait for each other in a circle. */
async function reserve(knex: Knex, orders: Reservation[]): Promise<Entry[]> {
  const sorted = orders.toSorted((a, b) => (a.clientRef < b.clientRef ? -1 : 1));
  const column = <K extends keyof Reservation>(name: K) => sorted.map((order) => order[name]);
  const { rows } = await knex.raw<{ rows: (Entry & { ca: string })[] }>(
    `with ${acting},
       given as (select * from unnest(?::text[], ?::text[], ?::text[], ?::bytea[], ?::timestamptz[]) as g (ca, serial, client_ref, order_hash, not_after)),
       l as (insert into ca_ledger (ca, serial, client_ref, order_hash, not_after) select given.* from given cross join actor
             on conflict (ca, client_ref) do nothing returning *)
     select l.ca, ${entryColumns} from l
     union all select l.ca, ${entryColumns} from given join ca_ledger l using (ca, client_ref)`,
    [actor, column('ca'), column('serial'), column('clientRef'), column('orderHash'), column('notAfter')],
  );
  const made = new Map(rows.map((row) => [`${row.ca}/${row.clientRef}`, row]));
  return Promise.all(
    orders.map(async ({ ca, clientRef }) => made.get(`${ca}/${clientRef}`) ?? (await foundEntry(knex, { ca, clientRef }))),
  );
}

async function keep(knex: Knex, issued: Issued[]): Promise<Entry[]> {
  const sorted = issued.toSorted((a, b) => (a.serial < b.serial ? -1 : 1));
  const column = <K extends keyof Issued>(name: K) => sorted.map((one) => one[name]);
  const { rows } = await knex.raw<{ rows: (Entry & { ca: string })[] }>(
    `with ${acting},
       given as (select * from unnest(?::text[], ?::text[], ?::bytea[]) as g (ca, serial, certificate))
     update ca_ledger l set certificate = given.certificate from given cross join actor
       where l.ca = given.ca and l.serial = given.serial and l.certificate is null
     returning l.ca, ${entryColumns}`,
    [actor, column('ca'), column('serial'), column('certificate')],
  );
  const kept = new Map(rows.map((row) => [`${row.ca}/${row.serial}`, row]));
  return Promise.all(issued.map(async ({ ca, serial }) => kept.get(`${ca}/${serial}`) ?? (await foundEntry(knex, { ca, serial }))));
}

/** One that somebody else wrote first: a statement of its own sees it. */
const foundEntry = async (knex: Knex, where: object): Promise<Entry> => found(await find(knex, where), 'ledger entry');

const find = (knex: Knex, where: object): Promise<Entry | undefined> =>
  knex('ca_ledger')
    .where(where)
    .first<Entry | undefined>(...columns);

const latestCrl = (knex: Knex, ca: string): Promise<Crl | undefined> =>
  knex('crls')
    .where({ ca })
    .orderBy('number', 'desc')
    .first<Crl | undefined>(...crlColumns);

interface Counts {
  changes: number;
  crlFloor: number;
}

const counts = async (knex: Knex, ca: string): Promise<Counts> =>
  found(await knex('cas').where({ code: ca }).first<Counts | undefined>('changes', 'crl_floor'), 'CA');

/** The counter is taken first: changes of one CA come one after the other, so a count never shows before its entry. */
async function setStatus(trx: Knex, { ca, serial, from, status, reason, since }: StatusChange): Promise<Entry> {
  const { changes: before } = found(
    await trx('cas').where({ code: ca }).forUpdate().first<{ changes: number } | undefined>('changes'),
    'CA',
  );
  const changed = await trx('ca_ledger')
    .where({ ca, serial })
    .whereIn('status', [...from])
    .update({ status, reason, statusSince: since, change: before + 1 });
  if (changed > 0)
    await trx('cas')
      .where({ code: ca })
      .update({ changes: before + 1 });
  return found(await find(trx, { ca, serial }), 'ledger entry');
}

const revokedEntries = (knex: Knex, ca: string, lastChange: number): Promise<Revoked[]> =>
  knex('ca_ledger')
    .where({ ca })
    .whereNot({ status: 'good' })
    .where((q) => void q.where('notAfter', '>', knex.fn.now()).orWhere('change', '>', lastChange))
    .orderBy('serial')
    .select<Revoked[]>('serial', 'status', 'reason', 'statusSince');
