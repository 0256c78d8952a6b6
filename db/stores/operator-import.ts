import { isDeepStrictEqual } from 'node:util';

import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import type { Actor } from '../../domain/actor.ts';
import { foreignUnit } from '../../domain/delegation.ts';
import type { AssignmentData, OperatorData } from '../../domain/operator.ts';
import type { ImportedOperator } from '../../domain/operator-import.ts';
import { assertOperator } from '../reads/operators.ts';
import { assignmentStore } from './assignments.ts';
import { operatorStore, personOf } from './operators.ts';

/** What came of a row: `unchanged` when all that it says was so already. */
export type ImportOutcome = 'created' | 'changed' | 'unchanged';

interface Import {
  by: Actor;
  row: ImportedOperator;
  /** Who is new gets a mail by which they choose a password. */
  invites?: boolean;
}

/**
 * Makes the operator what the row says, under the same rules as by hand: adds the person or changes their data, gives the role or changes how far and
 * how long it reaches. It takes nothing away, and the same row again changes nothing. All of it or nothing.
 */
export const importOperator = (knex: Knex, { by, row, invites = false }: Import): Promise<ImportOutcome> =>
  knex.transaction(async (trx) => {
    const assignment = await assignmentIn(trx, row);
    const known = await trx('operators')
      .where({ email: row.person.email })
      .first<{ id: string; version: number } | undefined>('id', 'version');
    if (known) {
      await assertOperator(trx, by, known.id);
      const isNewData = await changePerson(trx, { by, row }, known);
      const isNewRole = await giveRole(trx, { by, row }, { ...assignment, operatorId: known.id });
      return isNewData || isNewRole ? 'changed' : 'unchanged';
    }
    const data: OperatorData = { locale: 'it', taxCode: null, validFrom: null, validUntil: null, ...row.person };
    const assignments = [{ ...assignment, id: uuid(), validFrom: row.roleFrom ?? null, validUntil: row.roleUntil ?? null }];
    const id = uuid();
    await operatorStore(trx).create({ by, id, accountId: uuid(), data, assignments });
    if (invites) await operatorStore(trx).invite({ by, id, mailId: uuid() });
    return 'created';
  });

type Place = Pick<AssignmentData, 'role' | 'unitId' | 'visibility'>;

async function assignmentIn(trx: Knex, { role, unit, visibility }: ImportedOperator): Promise<Place> {
  const place = await trx('units').where({ code: unit }).first<{ id: string } | undefined>('id');
  if (!place) throw foreignUnit();
  return { role, unitId: place.id, visibility };
}

async function changePerson(trx: Knex, { by, row }: Import, { id, version }: { id: string; version: number }): Promise<boolean> {
  const present = await personOf(trx, id);
  const data = { ...present, ...row.person };
  if (isDeepStrictEqual(data, present)) return false;
  await operatorStore(trx).update({ by, id, version, data });
  return true;
}

/** A role that has ended begins again. */
async function giveRole(trx: Knex, { by, row }: Import, place: Place & { operatorId: string }): Promise<boolean> {
  const { operatorId, role, unitId, visibility } = place;
  const present = await trx('assignments')
    .where({ operatorId, role, unitId })
    .whereRaw('(valid_until is null or valid_until > now())')
    .first<Present | undefined>('id', 'version', 'visibility', 'valid_from', 'valid_until');
  if (!present) {
    const period = { validFrom: row.roleFrom ?? null, validUntil: row.roleUntil ?? null };
    await assignmentStore(trx).grant({ by, operatorId, assignment: { id: uuid(), role, unitId, visibility, ...period } });
    return true;
  }
  const before = {
    visibility: present.visibility,
    validFrom: present.validFrom.toISOString(),
    validUntil: present.validUntil?.toISOString() ?? null,
  };
  const terms = {
    visibility,
    validFrom: row.roleFrom ?? before.validFrom,
    validUntil: row.roleUntil === undefined ? before.validUntil : row.roleUntil,
  };
  if (isDeepStrictEqual(terms, before)) return false;
  await assignmentStore(trx).change({ by, operatorId, id: present.id, version: present.version, terms });
  return true;
}

interface Present {
  id: string;
  version: number;
  visibility: AssignmentData['visibility'];
  validFrom: Date;
  validUntil: Date | null;
}
