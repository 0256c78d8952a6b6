import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { deviceMachine, suspendable } from '../../domain/device-state.ts';
import type { HoldCause } from '../../domain/device-state.ts';
import { failure } from '../../domain/errors.ts';
import { Device } from '../models/device.ts';
import { DeviceHold } from '../models/device-hold.ts';
import { transaction } from '../transaction.ts';
import { lockCertificates, planActions, unfinishedActions } from './action-rows.ts';
import type { PlannedAction } from './action-rows.ts';
import { found, move } from './rows.ts';

export interface NewHold {
  by: ActorRef;
  id: string;
  deviceId: string;
  cause: HoldCause;
  comment: string;
}

/** The ledger of holds: a device is suspended while one is open. */
export const holdStore = (knex: Knex) => ({
  /** Places a hold. The first one suspends the device and plans the suspension of its certificates. */
  requestHold: ({ by, id, deviceId, cause, comment }: NewHold): Promise<{ holdId: string; actions: PlannedAction[] }> =>
    transaction(knex, by, async (trx) => {
      const device = await lockDevice(trx, deviceId);
      if (await DeviceHold.query(trx).findById(id)) return { holdId: id, actions: await unfinishedActions(trx, deviceId, 'suspension') };
      if (!suspendable.includes(device.state)) throw failure('wrong_state', `The device is ${device.state} and cannot be suspended.`);
      await DeviceHold.query(trx).insert({ id, deviceId, cause, comment, placedByKind: by.kind, placedBy: by.id });
      return { holdId: id, actions: device.state === 'suspended' ? [] : await suspend(trx, device, by) };
    }),

  /** Lifts this one hold. With the last one the device is what it was before, and the reactivation of its certificates is planned. */
  liftHold: ({ by, holdId }: { by: ActorRef; holdId: string }): Promise<{ actions: PlannedAction[] }> =>
    transaction(knex, by, async (trx) => {
      const { deviceId } = found(await DeviceHold.query(trx).findById(holdId), 'hold');
      const device = await lockDevice(trx, deviceId);
      const lifted = await DeviceHold.query(trx)
        .patch({ liftedBy: by.id, liftedAt: new Date() })
        .where({ id: holdId })
        .whereNull('liftedAt');
      const open = await DeviceHold.query(trx).where({ deviceId }).whereNull('liftedAt').resultSize();
      if (lifted === 0) return { actions: open > 0 ? [] : await unfinishedActions(trx, deviceId, 'reactivation') };
      return { actions: open > 0 || device.state !== 'suspended' ? [] : await reactivate(trx, device, by) };
    }),
});

/** Row lock: holds and revocations of one device come one after the other. */
export async function lockDevice(trx: Knex, id: string): Promise<Device> {
  return found(await Device.query(trx).findById(id).forUpdate(), 'device');
}

async function suspend(trx: Knex, { id }: Device, by: ActorRef): Promise<PlannedAction[]> {
  await move(trx, { table: 'devices', machine: deviceMachine, id, to: 'suspended', set: { stateSince: new Date() } });
  const certificates = await lockCertificates(trx, id, ['issued', 'active', 'on_hold']);
  return planActions(trx, certificates, { by, kind: 'suspension', reason: 'certificateHold' });
}

/** Also of a certificate whose suspension is not confirmed yet: actions of one certificate are carried out in their order. */
async function reactivate(trx: Knex, { id, activatedAt }: Device, by: ActorRef): Promise<PlannedAction[]> {
  await move(trx, {
    table: 'devices',
    machine: deviceMachine,
    id,
    to: activatedAt ? 'active' : 'delivered',
    set: { stateSince: new Date() },
  });
  const certificates = await lockCertificates(trx, id, ['issued', 'active', 'on_hold']);
  return planActions(trx, certificates, { by, kind: 'reactivation', reason: 'removeFromCRL' });
}
