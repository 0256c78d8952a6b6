import type { Knex } from 'knex';

import { refOf, type Actor } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import type { Permission } from '../../domain/permissions.ts';
import type { RoleData } from '../../domain/role.ts';
import { conflictIn, describeRule } from '../../domain/separation.ts';
import { transaction } from '../transaction.ts';
import { keepingAdministrator } from './administered.ts';
import { found, isDuplicate } from './rows.ts';
import { rulesOf } from './separation-rules.ts';

interface Change {
  by: Actor;
  code: string;
}

/** Roles of the organisation's own; shipped ones stay as they came, but for where they are offered. What changes counts from everybody's next call on. */
export const roleStore = (knex: Knex) => ({
  create: ({ by, code, data }: Change & { data: RoleData }): Promise<void> =>
    transaction(knex, refOf(by), async (trx) => {
      await assertSeparate(trx, code, data);
      try {
        await trx('roles').insert({ code, ...columns(data) });
      } catch (error) {
        throw isDuplicate(error) ? taken() : error;
      }
    }),

  update: ({ by, code, version, data }: Change & { version: number; data: RoleData }): Promise<void> =>
    transaction(knex, refOf(by), (trx) =>
      keepingAdministrator(trx, async () => {
        const role = await lockRole(trx, code);
        if (role.version !== version) throw failure('version_conflict', 'Somebody else changed this role. Reload and edit again.');
        if (role.shipped && !isSame(role, data)) throw failure('wrong_state', 'This role came with smartCMS. Copy it and change the copy.');
        await assertSeparate(trx, code, data);
        await trx('roles').where({ code }).update(columns(data));
      }),
    ),

  /** Only where nobody ever held it: what somebody held stays for the audit. */
  remove: ({ by, code }: Change): Promise<void> =>
    transaction(knex, refOf(by), async (trx) => {
      const role = await lockRole(trx, code);
      if (role.shipped) throw failure('wrong_state', 'This role came with smartCMS. It can be left unused, but not removed.');
      if (await trx('assignments').where({ role: code }).first('id'))
        throw failure('wrong_state', 'Somebody holds or held this role, so it stays for the audit. Offer it nowhere instead.');
      await trx('separation_rules')
        .where({ kind: 'roles' })
        .where((rule) => void rule.where({ first: code }).orWhere({ second: code }))
        .delete();
      await trx('roles').where({ code }).delete();
    }),
});

interface RoleRow {
  nameEn: string;
  nameIt: string;
  permissions: Permission[];
  shipped: boolean;
  version: number;
}

const lockRole = async (trx: Knex.Transaction, code: string): Promise<RoleRow> =>
  found(await trx('roles').where({ code }).forUpdate().first<RoleRow | undefined>(), 'role');

const columns = ({ name, permissions, offeredIn }: RoleData) => ({ nameEn: name.en, nameIt: name.it, permissions, offeredIn });

const isSame = (role: RoleRow, { name, permissions }: RoleData): boolean =>
  role.nameEn === name.en && role.nameIt === name.it && [...role.permissions].sort().join() === [...permissions].sort().join();

async function assertSeparate(trx: Knex, role: string, { permissions }: RoleData): Promise<void> {
  const rule = conflictIn([{ role, permissions }], await rulesOf(trx));
  if (rule) throw failure('duties_conflict', `Separation of duties: ${describeRule(rule)}. Make two roles of it.`);
}

const taken = () =>
  failure('duplicate', 'There is a role with this code already. Choose another code.', [{ pointer: '/code', message: 'In use' }]);
