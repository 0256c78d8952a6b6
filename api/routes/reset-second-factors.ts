import { assertOperator } from '../../db/reads/operators.ts';
import { secondFactorStore } from '../../db/stores/second-factors.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';

export const resetSecondFactors = operation({
  method: 'delete',
  path: '/operators/{id}/second-factors',
  summary:
    'Take app, passkeys and recovery codes from an operator who lost them; their sessions end. They set up new ones at the next sign-in',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  refusals: ['own_rights', 'beyond_own_rights'],
  handle: async ({ params: { id }, actor }, { db }) => {
    await assertOperator(db, actor, id);
    await secondFactorStore(db).reset({ by: actor, operatorId: id });
  },
});
