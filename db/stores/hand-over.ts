import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import { statesBeforeProduction } from '../../domain/request-state.ts';
import { unitOpen } from '../reads/units-in-force.ts';
import { transaction } from '../transaction.ts';

/** Changes of the tree and of what is open in it come one after the other. */
export const lockTree = (trx: Knex): Promise<unknown> => trx.raw(`select pg_advisory_xact_lock(hashtextextended('smartcms.units', 0))`);

/**
 * Hands every request that nobody has begun to make, and whose unit is not open, to the nearest unit above that is: how many, a batch at a time.
 * A unit closed by hand does it at once; for one whose window has ended the worker does, and for a request that comes back later (a card was
 * spoiled).
 */
export const handOverDue = (knex: Knex): Promise<number> =>
  transaction(knex, system, async (trx) => {
    await lockTree(trx);
    return handOverSome(trx);
  });

/** Hands all of them over; in a transaction that holds the lock of the tree. */
export async function handOver(trx: Knex): Promise<void> {
  while ((await handOverSome(trx)) === BATCH);
}

/** As many as a statement does in a few seconds. */
const BATCH = 5000;

async function handOverSome(trx: Knex): Promise<number> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(transfer);
  return rows.length;
}

/**
 * `ended` are the topmost units that are not open: those above them are, up to the root. A reference names a request within its unit only: where
 * the heir knows it as another request, the one that comes loses it.
 */
const transfer = `
  with ended as materialized (
         select c.path, c.parent_id from units c where not ${unitOpen('c')}
           and not exists (select from units up where up.path @> c.path and up.id <> c.id and not ${unitOpen('up')})
       ),
       due as materialized (
         select r.id, r.unit_id, r.reference, r.device_id, heir.id as heir_id, heir.path as heir_path
         from ended e join units u on u.path <@ e.path join units heir on heir.id = e.parent_id join requests r on r.unit_id = u.id
         where r.state in (${statesBeforeProduction.map((state) => `'${state}'`).join(', ')}) order by r.id limit ${BATCH} for update of r
       ),
       named as (
         select d.*, case when not exists (select from requests o where o.unit_id = d.heir_id and o.reference = d.reference)
           and row_number() over (partition by d.heir_id, d.reference order by d.id) = 1 then d.reference end as heir_reference
         from due d
       ),
       moved as (
         update requests r set unit_id = n.heir_id, unit_path = n.heir_path, reference = n.heir_reference from named n where r.id = n.id
         returning r.id, n.unit_id as from_id, n.heir_id, n.heir_path, n.device_id
       ),
       reserved as (
         update devices d set unit_id = m.heir_id, unit_path = m.heir_path from moved m where d.id = m.device_id
       )
  insert into request_transfers (request_id, from_unit_id, to_unit_id, by_kind, by_id)
  select m.id, m.from_id, m.heir_id, a ->> 'kind', a ->> 'id' from moved m, (select current_setting('smartcms.actor')::jsonb) as x (a)
  returning id`;
