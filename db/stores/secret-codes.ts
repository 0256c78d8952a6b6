import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { ActorRef } from '../../domain/actor.ts';
import { secretCodeMachine } from '../../domain/secret-code-state.ts';
import type { SecretCodeKind, SecretCodeState } from '../../domain/secret-code-state.ts';
import { SecretCode } from '../models/secret-code.ts';
import { transaction } from '../transaction.ts';
import { found, move } from './rows.ts';

export type NewSecretCode = Pick<SecretCode, 'id' | 'kind' | 'deviceId' | 'requestId' | 'keyId'> & { ciphertext: Buffer; expiresAt?: Date };

export type SecretCodeStore = ReturnType<typeof secretCodeStore>;

/** Rows of secret codes; whoever calls has encrypted them. */
export const secretCodeStore = (knex: Knex) => ({
  /** Keeps the code, or returns the live one of this device and kind: a code is made once. */
  create: (code: NewSecretCode): Promise<SecretCode> =>
    transaction(knex, system, async (trx) => {
      await trx('secret_codes')
        .insert({ ...code, state: 'generated' })
        .onConflict(trx.raw(`(device_id, kind) where state <> 'void' and state <> 'used'`) as unknown as string)
        .ignore();
      return found(await liveCode(trx, code), 'code');
    }),

  live: (code: { deviceId: string; kind: SecretCodeKind }): Promise<SecretCode | undefined> => liveCode(knex, code),

  /** A code that is used or void is forgotten: its ciphertext goes. */
  move: ({ by, id, to }: { by: ActorRef; id: string; to: SecretCodeState }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      const set = { stateSince: new Date(), ...((to === 'used' || to === 'void') && { ciphertext: null }) };
      await move(trx, { table: 'secret_codes', machine: secretCodeMachine, id, to, set });
    }),

  /** Counts a wrong code given for this one. */
  failedAttempt: ({ id }: { id: string }): Promise<{ failures: number }> =>
    transaction(knex, system, async (trx) => {
      const rows = await trx('secret_codes').where({ id }).increment('failures', 1).returning<{ failures: number }[]>('failures');
      return found(rows[0], 'code');
    }),
});

const liveCode = (knex: Knex, { deviceId, kind }: { deviceId: string; kind: SecretCodeKind }) =>
  SecretCode.query(knex).findOne({ deviceId, kind }).whereNotIn('state', ['void', 'used']).execute();

/** Ends every live code of a device and forgets the documents that hold them. */
export async function voidCodes(trx: Knex, deviceId: string): Promise<void> {
  await SecretCode.query(trx)
    .patch({ state: 'void', ciphertext: null, stateSince: new Date() })
    .where({ deviceId })
    .whereNot('state', 'void');
  await trx('sealed_documents').where({ deviceId }).whereNotNull('ciphertext').update({ ciphertext: null });
}
