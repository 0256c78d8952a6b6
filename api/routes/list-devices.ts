import { listDevices as read } from '../../db/reads/devices.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { page } from '../schemas/common.ts';
import { DeviceQuery, DeviceSummary } from '../schemas/device.ts';

export const listDevices = operation({
  method: 'get',
  path: '/devices',
  summary: 'Devices I see',
  permission: 'device.read',
  query: DeviceQuery,
  response: page(DeviceSummary).meta({ id: 'DevicePage' }),
  handle: ({ query, actor }, { db }) => read(db, actor, given(query)),
});
