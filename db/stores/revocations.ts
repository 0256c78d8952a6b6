import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { deviceMachine, revocable, revocationCauses } from '../../domain/device-state.ts';
import type { RevocationCause } from '../../domain/device-state.ts';
import { failure } from '../../domain/errors.ts';
import { recordEvent, transaction } from '../transaction.ts';
import { revokeCertificates, unfinishedActions } from './action-rows.ts';
import type { PlannedAction } from './action-rows.ts';
import { lockDevice } from './holds.ts';
import { move } from './rows.ts';
import { voidCodes } from './secret-codes.ts';

export interface RevocationOrder {
  by: ActorRef;
  deviceId: string;
  cause: RevocationCause;
  comment: string;
}

export type RevocationStore = ReturnType<typeof revocationStore>;

/** The end of devices that were given out. */
export const revocationStore = (knex: Knex) => ({
  /** Device and certificates are on their way to revocation, for good; the codes are void. The same order again returns what is unfinished. */
  requestRevocation: ({ by, deviceId, cause, comment }: RevocationOrder): Promise<{ actions: PlannedAction[] }> =>
    transaction(knex, by, async (trx) => {
      const device = await lockDevice(trx, deviceId);
      const { state, reason } = revocationCauses[cause];
      if (device.state === state) return { actions: await unfinishedActions(trx, deviceId, 'revocation') };
      if (!revocable.includes(device.state)) throw failure('wrong_state', `The device is ${device.state} and cannot be revoked.`);
      await move(trx, { table: 'devices', machine: deviceMachine, id: deviceId, to: state, set: { stateSince: new Date() } });
      await recordEvent(trx, { kind: 'revocation_requested', objectType: 'devices', objectId: deviceId, detail: { cause, comment } });
      await voidCodes(trx, deviceId);
      return { actions: await revokeCertificates(trx, { deviceId, by, reason }) };
    }),
});
