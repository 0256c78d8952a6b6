import { assertMakesRoles } from '../../db/reads/roles.ts';
import { roleStore } from '../../db/stores/roles.ts';
import { operation } from '../operation.ts';
import { ByCode } from '../schemas/role.ts';

export const removeRole = operation({
  method: 'delete',
  path: '/roles/{code}',
  summary: "Remove a role of the organisation's own that nobody ever held",
  permission: 'role.manage',
  stepUp: true,
  params: ByCode,
  handle: async ({ params: { code }, actor }, { db }) => {
    assertMakesRoles(actor);
    await roleStore(db).remove({ by: actor, code });
  },
});
