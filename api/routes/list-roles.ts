import { z } from 'zod';

import { listRoles as read } from '../../db/reads/roles.ts';
import { operation } from '../operation.ts';
import { Role } from '../schemas/role.ts';

export const listRoles = operation({
  method: 'get',
  path: '/roles',
  summary: 'The roles that operators can have, shipped ones first',
  permission: 'role.read',
  response: z.object({ items: z.array(Role) }).meta({ id: 'Roles' }),
  handle: async (_, { db }) => ({ items: await read(db) }),
});
