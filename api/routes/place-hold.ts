import { refOf } from '../../domain/actor.ts';
import { deviceDetail } from '../../db/reads/device-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { holdStore } from '../../db/stores/holds.ts';
import { operation } from '../operation.ts';
import { startCertificateActions } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { DeviceDetail, HoldInput } from '../schemas/device.ts';

export const placeHold = operation({
  method: 'post',
  path: '/devices/{id}/holds',
  summary: 'Suspend a device: a hold with its cause; its certificates go on hold at the CA',
  permission: 'device.suspend',
  params: ById,
  body: HoldInput,
  response: DeviceDetail,
  handle: async ({ params, body, actor, newId }, services) => {
    await assertVisible(services.db, actor, 'device.suspend', { table: 'devices', id: params.id });
    const { actions } = await holdStore(services.db).requestHold({ ...body, by: refOf(actor), id: newId, deviceId: params.id });
    await startCertificateActions(services, actions);
    return deviceDetail(services.db, actor, params.id);
  },
});
