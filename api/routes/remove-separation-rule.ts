import { assertMakesRoles } from '../../db/reads/roles.ts';
import { separationRuleStore } from '../../db/stores/separation-rules.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';

export const removeSeparationRule = operation({
  method: 'delete',
  path: '/separation-rules/{id}',
  summary: "Remove a rule of separation of the organisation's own",
  permission: 'role.manage',
  stepUp: true,
  params: ById,
  handle: async ({ params: { id }, actor }, { db }) => {
    assertMakesRoles(actor);
    await separationRuleStore(db).remove({ by: actor, id });
  },
});
