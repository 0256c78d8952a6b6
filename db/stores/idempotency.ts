import type { Knex } from 'knex';

import { failure } from '../../domain/errors.ts';
import { isPresent } from '../presence.ts';

export interface IdempotentCall {
  accountId: string;
  key: string;
  /** SHA-256 of method, path and body. */
  callHash: Buffer;
  newId: string;
  /** The process that will do it, by its name in db/presence.ts. */
  holder: string;
}

export type Begun = { kind: 'begun'; newId: string } | { kind: 'replay'; status: number; response: unknown };

export type IdempotencyStore = ReturnType<typeof idempotencyStore>;

/** Answers of calls that carried an Idempotency-Key, so that a call sent again is answered, not done again. */
export const idempotencyStore = (knex: Knex) => ({
  /**
   * `begun`: do it, then `finish` (or `abandon`, when it failed). `replay`: it was done. `still_running`: the first one does; what a process
   * left so that died may be begun again at once, any other after two minutes, when no call runs any more. `idempotency_conflict`: the key
   * belongs to another call.
   *
   * `newId` is for what the call makes. The same call begun again gets the same one: what was made before its answer was lost is found by it.
   */
  async begin({ accountId, key, callHash, newId, holder }: IdempotentCall): Promise<Begun> {
    const { rows } = await knex.raw<{ rows: { id: string }[] }>(
      `insert into idempotency_keys as k (account_id, key, call_hash, new_id, holder) values (?, ?, ?, ?, ?)
       on conflict (account_id, key) do update set created_at = now(), abandoned = false, call_hash = excluded.call_hash, holder = excluded.holder,
         new_id = case when k.call_hash = excluded.call_hash then coalesce(k.new_id, excluded.new_id) else excluded.new_id end
       where k.status is null and (k.abandoned or k.call_hash = excluded.call_hash
         and (k.created_at < now() - interval '2 minutes' or (k.holder is not null and not ${isPresent('k.holder')})))
       returning new_id as id`,
      [accountId, key, callHash, newId, holder],
    );
    return rows[0] ? { kind: 'begun', newId: rows[0].id } : replay(knex, { accountId, key, callHash });
  },

  async finish({ accountId, key, status, response }: { accountId: string; key: string; status: number; response: unknown }): Promise<void> {
    await knex('idempotency_keys')
      .where({ accountId, key })
      .whereNull('status')
      .update({ status, response: JSON.stringify(response ?? null) });
  },

  /** The call that this process began with this id failed: its key is free again. */
  async abandon({ accountId, key, newId, holder }: Omit<IdempotentCall, 'callHash'>): Promise<void> {
    await knex('idempotency_keys').where({ accountId, key, newId, holder }).whereNull('status').update({ abandoned: true });
  },

  purge: ({ olderThanHours }: { olderThanHours: number }): Promise<number> =>
    knex('idempotency_keys').whereRaw('created_at < now() - make_interval(hours => ?)', [olderThanHours]).delete(),
});

async function replay(knex: Knex, { accountId, key, callHash }: Pick<IdempotentCall, 'accountId' | 'key' | 'callHash'>): Promise<Begun> {
  const row = await knex('idempotency_keys')
    .where({ accountId, key })
    .first<{ callHash: Buffer; status: number | null; response: unknown } | undefined>();
  if (row && !row.callHash.equals(callHash))
    throw failure('idempotency_conflict', 'Use a new Idempotency-Key: this one belongs to another call.');
  if (!row || row.status === null) throw failure('still_running', 'The first call with this key still runs. Send it again in a moment.');
  return { kind: 'replay', status: row.status, response: row.response };
}
