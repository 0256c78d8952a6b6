import { assertMakesRoles, roleDetail } from '../../db/reads/roles.ts';
import { roleStore } from '../../db/stores/roles.ts';
import { operation } from '../operation.ts';
import { ByCode, Role, RoleInput } from '../schemas/role.ts';

export const updateRole = operation({
  method: 'patch',
  path: '/roles/{code}',
  summary: "Change a role of the organisation's own, from everybody's next call on; of a shipped one only where it is offered",
  permission: 'role.manage',
  stepUp: true,
  params: ByCode,
  body: RoleInput,
  response: Role,
  edits: true,
  refusals: ['duties_conflict', 'last_administrator'],
  handle: async ({ params: { code }, body: data, actor, ifMatch: version }, { db }) => {
    assertMakesRoles(actor);
    await roleStore(db).update({ by: actor, code, version, data });
    return roleDetail(db, code);
  },
});
