import { z } from 'zod';

import { portalDevices } from '../../db/reads/portal.ts';
import { operation } from '../operation.ts';
import { PortalDevice } from '../schemas/portal.ts';

export const listOwnDevices = operation({
  method: 'get',
  path: '/portal/devices',
  summary: 'My devices and their certificates',
  permission: 'own.read',
  response: z.object({ items: z.array(PortalDevice) }),
  handle: async ({ actor }, { db }) => ({ items: await portalDevices(db, actor) }),
});
