import { assertMakesRoles, listSeparationRules } from '../../db/reads/roles.ts';
import { separationRuleStore } from '../../db/stores/separation-rules.ts';
import { operation } from '../operation.ts';
import { SeparationInput, SeparationRules } from '../schemas/role.ts';

export const createSeparationRule = operation({
  method: 'post',
  path: '/separation-rules',
  summary: 'Forbid two permissions, or two roles, together. Whoever holds both loses the second from their next call on',
  permission: 'role.manage',
  stepUp: true,
  body: SeparationInput,
  response: SeparationRules,
  status: 201,
  refusals: ['duplicate', 'last_administrator'],
  handle: async ({ body: rule, actor, newId: id }, { db }) => {
    assertMakesRoles(actor);
    await separationRuleStore(db).create({ by: actor, id, rule });
    return { items: await listSeparationRules(db) };
  },
});
