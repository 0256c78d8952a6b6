import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import { DataKey } from '../models/data-key.ts';
import { transaction } from '../transaction.ts';
import { found } from './rows.ts';

export type NewDataKey = Pick<DataKey, 'id' | 'purpose' | 'wrapped' | 'wrappingKey'>;

/** Data keys, wrapped by the HSM. Old ones stay: what they encrypted is still read. */
export const dataKeyStore = (knex: Knex) => ({
  list: (): Promise<DataKey[]> => DataKey.query(knex).orderBy('createdAt').execute(),

  /** The current key of this purpose: the one given if there was none, else the one that was first. */
  ensure: (key: NewDataKey): Promise<DataKey> =>
    transaction(knex, system, async (trx) => {
      await trx.raw(
        `insert into data_keys (id, purpose, wrapped, wrapping_key) values (?, ?, ?, ?) on conflict (purpose) where current do nothing`,
        [key.id, key.purpose, key.wrapped, key.wrappingKey],
      );
      return found(await DataKey.query(trx).findOne({ purpose: key.purpose, current: true }), 'data key');
    }),
});
