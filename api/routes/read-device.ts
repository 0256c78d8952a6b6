import { deviceDetail } from '../../db/reads/device-detail.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { DeviceDetail } from '../schemas/device.ts';

export const readDevice = operation({
  method: 'get',
  path: '/devices/{id}',
  summary: 'One device: holds, certificates and their changes at the CA',
  permission: 'device.read',
  params: ById,
  response: DeviceDetail,
  handle: ({ params, actor }, { db }) => deviceDetail(db, actor, params.id),
});
