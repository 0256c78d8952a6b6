import { z } from 'zod';

import { listUnits as read } from '../../db/reads/units.ts';
import { operation } from '../operation.ts';
import { Unit } from '../schemas/organisation.ts';

export const listUnits = operation({
  method: 'get',
  path: '/units',
  summary: 'The organisation units I see',
  permission: 'unit.read',
  response: z.object({ items: z.array(Unit) }),
  handle: async ({ actor }, { db }) => ({ items: await read(db, actor) }),
});
