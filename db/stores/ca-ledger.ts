import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { revocationCauses, RevocationCause } from '../../domain/device-state.ts';
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
  make: (state: { last: Crl | undefined; change: number; revoked: () => Promise<Revoked[]> }) => Promise<Omit<Crl, 'change'> | undefined>;
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

  reserve: (order: { ca: string; serial: string; clientRef: string; orderHash: Buffer; notAfter: Date }): Promise<Entry> =>
    transaction(knex, system, async (trx) => {
      await trx('ca_ledger').insert(order).onConflict(['ca', 'clientRef']).ignore();
      return found(await find(trx, { ca: order.ca, clientRef: order.clientRef }), 'ledger entry');
    }),

  keepCertificate: ({ ca, serial, certificate }: { ca: string; serial: string; certificate: Buffer }): Promise<Entry> =>
    transaction(knex, system, async (trx) => {
      await trx('ca_ledger').where({ ca, serial }).whereNull('certificate').update({ certificate });
      return found(await find(trx, { ca, serial }), 'ledger entry');
    }),

  setStatus: (change: StatusChange): Promise<Entry> => transaction(knex, system, (trx) => setStatus(trx, change)),

  latestCrl: ({ ca }: { ca: string }): Promise<Crl | undefined> => latestCrl(knex, ca),

  publish: ({ ca, make }: Publication): Promise<Crl> =>
    transaction(knex, system, async (trx) => {
      await trx.raw(`select pg_advisory_xact_lock(hashtextextended('smartcms.crl.' || ?, 0))`, [ca]);
      const last = await latestCrl(trx, ca);
      const change = await changes(trx, ca); // read before the entries: a CRL may carry more than it says, never less
      const made = await make({ last, change, revoked: () => revokedEntries(trx, ca, last?.change ?? -1) });
      if (!made) return found(last, 'CRL');
      const crl = { ...made, change };
      await trx('crls').insert({ ...crl, ca });
      return crl;
    }),
});

const find = (knex: Knex, where: object): Promise<Entry | undefined> =>
  knex('ca_ledger')
    .where(where)
    .first<Entry | undefined>(...columns);

const latestCrl = (knex: Knex, ca: string): Promise<Crl | undefined> =>
  knex('crls')
    .where({ ca })
    .orderBy('number', 'desc')
    .first<Crl | undefined>(...crlColumns);

const changes = async (knex: Knex, ca: string): Promise<number> =>
  found(await knex('cas').where({ code: ca }).first<{ changes: number } | undefined>('changes'), 'CA').changes;

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
