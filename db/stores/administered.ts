import type { Knex } from 'knex';

import { reachOf, refOf, type Actor } from '../../domain/actor.ts';
import { assertMayAdminister, assertNotSelf, type Grant } from '../../domain/delegation.ts';
import { failure } from '../../domain/errors.ts';
import { loadOperator, operatorInForce } from '../reads/actor.ts';
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
    return keepingAdministrator(trx, async () => {
      const row = await trx('operators')
        .where({ id: operatorId })
        .forUpdate()
        .first<Administered | undefined>('id', 'active', 'removed_at', 'version');
      const operator = found(row, 'operator');
      assertMayAdminister(by, await liveDuties(trx, operatorId));
      return change(trx, operator);
    });
  });

/** What the assignments of an operator give now or will. */
export async function liveDuties(trx: Knex, operatorId: string): Promise<(Grant & { role: string })[]> {
  const { rows } = await trx.raw<{ rows: { grant: Grant & { role: string } }[] }>(
    `select json_build_object('role', a.role, 'permissions', r.permissions, 'unitPath', u.path::text, 'visibility', a.visibility,
                              'validUntil', a.valid_until) as grant
     from assignments a join roles r on r.code = a.role join units u on u.id = a.unit_id
     where a.operator_id = ? and (a.valid_until is null or a.valid_until > now())`,
    [operatorId],
  );
  return rows.map(({ grant }) => grant);
}

/** Runs a change unless after it nobody is left who administers everything, although somebody did before. */
export async function keepingAdministrator<T>(trx: Knex.Transaction, change: () => Promise<T>): Promise<T> {
  await trx.raw(`select pg_advisory_xact_lock(hashtext('administrators'))`);
  const before = await someAdministrator(trx);
  const result = await change();
  if (before && !(await someAdministrator(trx))) throw lastAdministrator();
  return result;
}

const administration = ['operator.manage', 'role.manage'] as const;

/** Somebody who administers everything from now on without an end: without one, nobody could ever give rights again. */
async function someAdministrator(trx: Knex): Promise<boolean> {
  const candidates = (await trx('assignments as a')
    .join('operators', 'operators.id', 'a.operator_id')
    .where('a.visibility', 'all')
    .whereRaw(`a.valid_until is null and operators.valid_until is null and ${operatorInForce}`)
    .whereIn(
      'a.role',
      trx('roles')
        .whereRaw('permissions @> ?', [[...administration]])
        .select('code'),
    )
    .distinct('a.operator_id')) as { operatorId: string }[];
  for (const { operatorId } of candidates) if (await administersAll(trx, operatorId)) return true;
  return false;
}

async function administersAll(trx: Knex, operatorId: string): Promise<boolean> {
  const actor = await loadOperator(trx, operatorId);
  return actor !== undefined && administration.every((permission) => reachOf(actor, permission).everything);
}

const lastAdministrator = () =>
  failure('last_administrator', 'Nobody else administers the whole organisation without an end. Give this to somebody first.');
