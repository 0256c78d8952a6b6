import { assertMakesRoles, roleDetail } from '../../db/reads/roles.ts';
import { roleStore } from '../../db/stores/roles.ts';
import { operation } from '../operation.ts';
import { Role, RoleCreate } from '../schemas/role.ts';

export const createRole = operation({
  method: 'post',
  path: '/roles',
  summary: "Make a role of the organisation's own",
  permission: 'role.manage',
  stepUp: true,
  body: RoleCreate,
  response: Role,
  status: 201,
  refusals: ['duplicate', 'duties_conflict'],
  handle: async ({ body: { code, ...data }, actor }, { db }) => {
    assertMakesRoles(actor);
    await roleStore(db).create({ by: actor, code, data });
    return roleDetail(db, code);
  },
});
