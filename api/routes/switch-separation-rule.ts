import { z } from 'zod';

import { assertMakesRoles, listSeparationRules } from '../../db/reads/roles.ts';
import { separationRuleStore } from '../../db/stores/separation-rules.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { SeparationRules } from '../schemas/role.ts';

export const switchSeparationRule = operation({
  method: 'patch',
  path: '/separation-rules/{id}',
  summary: 'Switch a rule of separation on or off',
  permission: 'role.manage',
  stepUp: true,
  params: ById,
  body: z.strictObject({ active: z.boolean() }),
  response: SeparationRules,
  refusals: ['last_administrator'],
  handle: async ({ params: { id }, body: { active }, actor }, { db }) => {
    assertMakesRoles(actor);
    await separationRuleStore(db).switch({ by: actor, id, active });
    return { items: await listSeparationRules(db) };
  },
});
