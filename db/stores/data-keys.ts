import type { Knex } from 'knex';

import { system, type ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { DataKey } from '../models/data-key.ts';
import { transaction } from '../transaction.ts';
import { found } from './rows.ts';

export type NewDataKey = Pick<DataKey, 'id' | 'purpose' | 'wrapped' | 'wrappingKey'>;

/** Three readings of a process (`connectors/hsm/fresh-keys.ts`): everybody can read with a new key before anybody writes with it. */
const graceSeconds = 30;

interface Rotation {
  by: ActorRef;
  purpose: DataKey['purpose'];
  /** Makes the new key under the wrapping key that is in use. */
  make: (wrappingKey: string) => Promise<NewDataKey>;
}

interface Rewrapping {
  by: ActorRef;
  wrappingKey: string;
  rewrap: (key: DataKey) => Promise<Buffer>;
}

/** Data keys, wrapped by the HSM. Old ones stay: what they encrypted is still read. */
export const dataKeyStore = (knex: Knex) => ({
  /** All, the newest last. `usable` is told by the clock of the database: the same for every process. */
  list: (): Promise<(DataKey & { usable: boolean })[]> =>
    DataKey.query(knex)
      .select('*', knex.raw('usable_from <= now() as usable'))
      .orderBy(['usableFrom', 'id'])
      .execute() as unknown as Promise<(DataKey & { usable: boolean })[]>,

  /** The current key of this purpose: the one given if there was none, else the one that was first. */
  ensure: (key: NewDataKey): Promise<DataKey> =>
    transaction(knex, system, async (trx) => {
      await trx.raw(
        `insert into data_keys (id, purpose, wrapped, wrapping_key) values (?, ?, ?, ?) on conflict (purpose) where current do nothing`,
        [key.id, key.purpose, key.wrapped, key.wrappingKey],
      );
      return found(await DataKey.query(trx).findOne({ purpose: key.purpose, current: true }), 'data key');
    }),

  /** Adds the next key of a purpose; it is written with after the grace. One change of keys at a time. */
  rotate: ({ by, purpose, make }: Rotation): Promise<DataKey> =>
    transaction(knex, by, async (trx) => {
      await alone(trx);
      const before = found(await DataKey.query(trx).findOne({ purpose, current: true }), 'data key');
      if (before.usableFrom.getTime() > (await nowOf(trx)).getTime())
        throw failure('wrong_state', `A new key was made already and is used in ${graceSeconds} seconds at most. Rotate again after that.`);
      await DataKey.query(trx).patch({ current: false }).where({ id: before.id });
      const usableFrom = trx.raw(`now() + make_interval(secs => ?)`, [graceSeconds]) as unknown as Date;
      const key = await make(before.wrappingKey);
      return DataKey.query(trx)
        .insert({ ...key, current: true, usableFrom })
        .returning('*');
    }),

  /** Puts every data key under another wrapping key, all or none; how many. */
  rewrap: ({ by, wrappingKey, rewrap }: Rewrapping): Promise<number> =>
    transaction(knex, by, async (trx) => {
      await alone(trx);
      const keys = await DataKey.query(trx);
      for (const key of keys)
        await DataKey.query(trx)
          .patch({ wrapped: await rewrap(key), wrappingKey })
          .where({ id: key.id });
      return keys.length;
    }),
});

/** Readers go on; whoever changes keys waits. */
const alone = (trx: Knex.Transaction) => trx.raw('lock table data_keys in share row exclusive mode');

async function nowOf(trx: Knex.Transaction): Promise<Date> {
  const { rows } = await trx.raw<{ rows: { now: Date }[] }>('select now() as now');
  return found(rows[0], 'time').now;
}
