import { assertOperator, operatorDetail } from '../../db/reads/operators.ts';
import { operatorStore } from '../../db/stores/operators.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Operator, OperatorInput } from '../schemas/operator.ts';

export const updateOperator = operation({
  method: 'patch',
  path: '/operators/{id}',
  summary: 'Correct the data of an operator, or renew them: from when until when they may act',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  body: OperatorInput,
  response: Operator,
  edits: true,
  refusals: ['duplicate', 'own_rights', 'last_administrator'],
  handle: async ({ params, body, actor, ifMatch }, { db }) => {
    await assertOperator(db, actor, params.id);
    await operatorStore(db).update({ by: actor, id: params.id, version: ifMatch, data: body });
    return operatorDetail(db, actor, params.id, 'operator.manage');
  },
});
