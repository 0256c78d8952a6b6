import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { assertMayGrant, foreignUnit } from '../../domain/delegation.ts';
import { failure } from '../../domain/errors.ts';
import type { AssignmentData, AssignmentTerms } from '../../domain/operator.ts';
import type { Permission } from '../../domain/permissions.ts';
import { conflictIn, describeRule } from '../../domain/separation.ts';
import { administer, liveDuties } from './administered.ts';
import { rulesOf } from './separation-rules.ts';
import { found } from './rows.ts';

export type NewAssignment = AssignmentData & { id: string };

/** Roles of operators in units. Each change is made under the rules of `administer`: by somebody who could give what is changed, and what comes of it. */
export const assignmentStore = (knex: Knex) => ({
  grant: ({ by, operatorId, assignment }: { by: Actor; operatorId: string; assignment: NewAssignment }): Promise<string> =>
    administer(knex, { by, operatorId }, async (trx, { removedAt }) => {
      if (removedAt) throw failure('wrong_state', 'This operator was removed. Bring them back first.');
      await assertGrantable(trx, by, assignment);
      return insertAssignment(trx, by, { operatorId, ...assignment });
    }),

  /** Another visibility or other times. `version_conflict` when somebody else changed it since. */
  change: ({ by, operatorId, id, version, terms }: Target & { version: number; terms: AssignmentTerms }): Promise<void> =>
    administer(knex, { by, operatorId }, async (trx) => {
      const present = await assignmentOf(trx, id);
      if (present.version !== version) throw failure('version_conflict', 'Somebody else changed this assignment. Reload and edit again.');
      assertMayGrant(by, { ...(await placeOf(trx, present)), ...terms });
      await trx('assignments')
        .where({ id })
        .update({ ...terms, validFrom: terms.validFrom ?? trx.raw('least(valid_from, now())'), grantedBy: by.id });
      await assertSeparate(trx, operatorId);
    }),

  /** Ends it now; one that has ended stays as it is. */
  end: ({ by, operatorId, id }: Target): Promise<void> =>
    administer(knex, { by, operatorId }, async (trx) => {
      await trx('assignments')
        .where({ id })
        .whereRaw('(valid_until is null or valid_until > now())')
        .update({ validUntil: trx.raw('greatest(now(), valid_from)') });
    }),
});

interface Target {
  by: Actor;
  operatorId: string;
  id: string;
}

/** Throws unless the actor may give this, whoever gets it. */
export async function assertGrantable(
  trx: Knex.Transaction,
  by: Actor,
  { role, unitId, visibility, validUntil }: AssignmentData,
): Promise<void> {
  assertMayGrant(by, { ...(await placeOf(trx, { role, unitId })), visibility, validUntil });
}

/** Writes an assignment that may be given. Of a role that the person had there once, the same assignment begins again; its id. */
export async function insertAssignment(
  trx: Knex.Transaction,
  by: Actor,
  { id, operatorId, role, unitId, visibility, validFrom, validUntil }: NewAssignment & { operatorId: string },
): Promise<string> {
  const given = { visibility, validFrom: validFrom ?? trx.fn.now(), validUntil, grantedBy: by.id };
  const [row] = await trx('assignments')
    .insert({ id, operatorId, role, unitId, ...given })
    .onConflict(['operatorId', 'role', 'unitId'])
    .merge(given)
    .whereRaw('(assignments.valid_until <= now() or assignments.id = ?)', [id])
    .returning<{ id: string }[]>('id');
  if (!row) throw failure('duplicate', 'The person has this role in this unit already. Change the assignment that is there.');
  await assertSeparate(trx, operatorId);
  return row.id;
}

/** Throws when what the person holds, or will, breaks a rule of separation of duties. */
async function assertSeparate(trx: Knex.Transaction, operatorId: string): Promise<void> {
  const rule = conflictIn(await liveDuties(trx, operatorId), await rulesOf(trx));
  if (rule) throw failure('duties_conflict', `Separation of duties: ${describeRule(rule)}. Give one of the two to another person.`);
}

/** What the role permits and where the unit lies. One that does not exist answers as one where the actor has no say. */
async function placeOf(trx: Knex.Transaction, { role, unitId }: { role: string; unitId: string }) {
  const known = await trx('roles').where({ code: role }).first<{ permissions: Permission[] } | undefined>('permissions');
  if (!known || known.permissions.some((permission) => permission.startsWith('own.')))
    throw failure('invalid_input', 'Choose a role of operators.', [{ pointer: '/role', message: 'No role of operators' }]);
  const unit = await trx('units').where({ id: unitId }).first<{ path: string } | undefined>('path');
  if (!unit) throw foreignUnit();
  return { permissions: known.permissions, unitPath: unit.path };
}

const assignmentOf = async (trx: Knex.Transaction, id: string) =>
  found(
    await trx('assignments')
      .where({ id })
      .first<{ role: string; unitId: string; version: number } | undefined>('role', 'unit_id', 'version'),
    'assignment',
  );
