import { z } from 'zod';

import { refOf } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { deviceDetail } from '../../db/reads/device-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { holdStore } from '../../db/stores/holds.ts';
import { operation } from '../operation.ts';
import { startCertificateActions } from '../processes.ts';
import { Id } from '../schemas/common.ts';
import { DeviceDetail } from '../schemas/device.ts';

export const liftHold = operation({
  method: 'delete',
  path: '/devices/{id}/holds/{holdId}',
  summary: 'Lift this one hold; the device is active again when no other is left',
  permission: 'device.reactivate',
  params: z.strictObject({ id: Id, holdId: Id }),
  response: DeviceDetail,
  handle: async ({ params: { id, holdId }, actor }, services) => {
    const { db } = services;
    await assertVisible(db, actor, 'device.reactivate', { table: 'devices', id });
    const { holds } = await deviceDetail(db, actor, id);
    if (!holds.some((hold) => hold.id === holdId)) throw failure('not_found', 'This device has no such hold. Reload to see its holds.');
    const { actions } = await holdStore(db).liftHold({ by: refOf(actor), holdId });
    await startCertificateActions(services, actions);
    return deviceDetail(db, actor, id);
  },
});
