import type { Knex } from 'knex';

import { Device } from '../models/device.ts';
import { found } from './rows.ts';

export type DeviceForWork = Pick<Device, 'id' | 'serial' | 'state'>;
export type DeviceReader = ReturnType<typeof deviceReader>;

/** What the steps with a card need to know of a device. */
export const deviceReader = (knex: Knex) => ({
  get: async (id: string): Promise<DeviceForWork> => found(await Device.query(knex).select('id', 'serial', 'state').findById(id), 'device'),
});
