import type { Knex } from 'knex';

import { refOf, type Actor } from '../../domain/actor.ts';
import { assertMayAdminister, assertNotSelf, type Grant } from '../../domain/delegation.ts';
import { failure } from '../../domain/errors.ts';
import { operatorInForce } from '../reads/actor.ts';
import { transaction } from '../transaction.ts';
import { found } from './rows.ts';

/** An operator whose row is locked, and who is administered by the actor of the transaction. */
export interface Administered {
  id: string;
  active: boolean;
  removedAt: Date | null;
  version: number;
}

/**
 * Changes an operator: never oneself, never somebody who holds more than the actor does, and never so that nobody is left who administers everything.
 * The rights are read and the change is made under locks: two administrators who change each other, or grant at once, come one after the other.
 */
export const administer = <T>(
  knex: Knex,
  { by, operatorId }: { by: Actor; operatorId: string },
  change: (trx: Knex.Transaction, operator: Administered) => Promise<T>,
): Promise<T> =>
  transaction(knex, refOf(by), async (trx) => {
    assertNotSelf(by, operatorId);
    await trx.raw(`select pg_advisory_xact_lock(hashtext('administrators'))`);
    const row = await trx('operators')
      .where({ id: operatorId })
      .forUpdate()
      .first<Administered | undefined>('id', 'active', 'removed_at', 'version');
    const operator = found(row, 'operator');
    assertMayAdminister(by, await liveGrants(trx, operatorId));
    const before = await someAdministrator(trx);
    const result = await change(trx, operator);
    if (before && !(await someAdministrator(trx))) throw lastAdministrator();
    return result;
  });

/** What the assignments of an operator give now or will. */
async function liveGrants(trx: Knex, operatorId: string): Promise<Grant[]> {
  const { rows } = await trx.raw<{ rows: { grant: Grant }[] }>(
    `select json_build_object('permissions', r.permissions, 'unitPath', u.path::text, 'visibility', a.visibility,
                              'validUntil', a.valid_until) as grant
     from assignments a join roles r on r.code = a.role join units u on u.id = a.unit_id
     where a.operator_id = ? and (a.valid_until is null or a.valid_until > now())`,
    [operatorId],
  );
  return rows.map(({ grant }) => grant);
}

/** Who administers everything from now on without an end: without one, nobody could ever give rights again. */
async function someAdministrator(trx: Knex): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select from assignments a join operators on operators.id = a.operator_id
     where a.visibility = 'all' and a.valid_from <= now() and a.valid_until is null and operators.valid_until is null and ${operatorInForce}
       and a.role in (select code from roles where permissions @> '{operator.manage,role.manage}') limit 1`,
  );
  return rows.length > 0;
}

const lastAdministrator = () =>
  failure('last_administrator', 'Nobody else administers the whole organisation without an end. Give this to somebody first.');
