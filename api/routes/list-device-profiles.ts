import { z } from 'zod';

import { listDeviceProfiles as read } from '../../db/reads/profiles.ts';
import { operation } from '../operation.ts';
import { DeviceProfileSummary } from '../schemas/organisation.ts';

export const listDeviceProfiles = operation({
  method: 'get',
  path: '/device-profiles',
  summary: 'Kinds of device that can be requested',
  permission: 'profile.read',
  response: z.object({ items: z.array(DeviceProfileSummary) }),
  handle: async (_, { db }) => ({ items: await read(db) }),
});
