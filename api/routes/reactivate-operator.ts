import { assertOperator, operatorDetail } from '../../db/reads/operators.ts';
import { operatorStore } from '../../db/stores/operators.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Operator } from '../schemas/operator.ts';

export const reactivateOperator = operation({
  method: 'post',
  path: '/operators/{id}/reactivation',
  summary: 'Let a deactivated operator act again; one who was removed comes back without roles and password',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  response: Operator,
  refusals: ['own_rights'],
  handle: async ({ params, actor }, { db }) => {
    await assertOperator(db, actor, params.id);
    await operatorStore(db).reactivate({ by: actor, id: params.id });
    return operatorDetail(db, actor, params.id, 'operator.manage');
  },
});
