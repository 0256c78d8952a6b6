import { listSeparationRules as read } from '../../db/reads/roles.ts';
import { operation } from '../operation.ts';
import { SeparationRules } from '../schemas/role.ts';

export const listSeparationRules = operation({
  method: 'get',
  path: '/separation-rules',
  summary: 'Separation of duties: what nobody holds together',
  permission: 'role.read',
  response: SeparationRules,
  handle: async (_, { db }) => ({ items: await read(db) }),
});
