import type { Knex } from 'knex';

import { refOf, type Actor } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import type { SeparationData } from '../../domain/role.ts';
import type { SeparationRule } from '../../domain/separation.ts';
import { transaction } from '../transaction.ts';
import { keepingAdministrator } from './administered.ts';
import { found, isDuplicate } from './rows.ts';

/** Rules of separation that are on. */
export const rulesOf = (trx: Knex): Promise<SeparationRule[]> =>
  trx('separation_rules').where({ active: true }).orderBy('id').select<SeparationRule[]>('kind', 'first', 'second');

interface Change {
  by: Actor;
  id: string;
}

/** What nobody holds together. A rule counts from everybody's next call on; none may leave the organisation without an administrator. */
export const separationRuleStore = (knex: Knex) => ({
  create: ({ by, id, rule }: Change & { rule: SeparationData }): Promise<void> =>
    transaction(knex, refOf(by), (trx) =>
      keepingAdministrator(trx, async () => {
        if (rule.kind === 'roles') await assertRoles(trx, rule);
        try {
          await trx('separation_rules').insert({ id, ...rule });
        } catch (error) {
          throw isDuplicate(error) ? failure('duplicate', 'There is such a rule already. Switch it on if it is off.') : error;
        }
      }),
    ),

  switch: ({ by, id, active }: Change & { active: boolean }): Promise<void> =>
    transaction(knex, refOf(by), (trx) =>
      keepingAdministrator(trx, async () => {
        const changed = await trx('separation_rules').where({ id }).update({ active });
        found(changed || undefined, 'rule');
      }),
    ),

  /** Shipped rules are switched off, never removed. */
  remove: ({ by, id }: Change): Promise<void> =>
    transaction(knex, refOf(by), async (trx) => {
      const rule = found(await trx('separation_rules').where({ id }).first<{ shipped: boolean } | undefined>('shipped'), 'rule');
      if (rule.shipped) throw failure('wrong_state', 'This rule came with smartCMS. Switch it off instead.');
      await trx('separation_rules').where({ id }).delete();
    }),
});

async function assertRoles(trx: Knex, { first, second }: SeparationData): Promise<void> {
  const known = await trx('roles').whereIn('code', [first, second]).pluck<string[]>('code');
  if (known.length < 2) throw failure('invalid_input', 'Choose two roles.', [{ pointer: '/first', message: 'One of the two is no role' }]);
}
