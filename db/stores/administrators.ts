import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { recordEvent, transaction } from '../transaction.ts';

export interface NewAdministrator {
  unitId: string;
  unit: { code: string; name: string };
  operatorId: string;
  assignmentId: string;
  accountId: string;
  givenName: string;
  familyName: string;
  email: string;
  passwordHash: string;
}

/**
 * Makes an operator who administers the whole organisation, and the organisation itself where there is none. For the command line of whoever
 * runs the installation: nobody is signed in yet, so the audit trail names the system. `duplicate` when the e-mail address is taken.
 */
export const createAdministrator = (knex: Knex, given: NewAdministrator): Promise<void> =>
  transaction(knex, system, async (trx) => {
    const unitId = await rootUnit(trx, given);
    const { operatorId, assignmentId, accountId, email, givenName, familyName, passwordHash } = given;
    const taken = await trx('accounts').where({ login: email }).first<{ id: string } | undefined>('id');
    if (taken || (await trx('operators').where({ email }).first('id')))
      throw failure('duplicate', 'There is an operator or an account with this e-mail address already.');
    await trx('operators').insert({ id: operatorId, givenName, familyName, email });
    await trx('assignments').insert({ id: assignmentId, operatorId, role: 'SA', unitId, visibility: 'all' });
    await trx('accounts').insert({ id: accountId, login: email, passwordHash, operatorId });
    await recordEvent(trx, { kind: 'administrator_created', objectType: 'operators', objectId: operatorId });
  });

async function rootUnit(trx: Knex.Transaction, { unitId, unit }: NewAdministrator): Promise<string> {
  const root = await trx('units').whereNull('parentId').orderBy('createdAt').first<{ id: string } | undefined>('id');
  if (root) return root.id;
  await trx('units').insert({ id: unitId, kind: 'organization', ...unit, path: unitId.replaceAll('-', '') });
  return unitId;
}
