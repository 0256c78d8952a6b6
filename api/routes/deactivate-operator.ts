import { z } from 'zod';

import { assertOperator, operatorDetail } from '../../db/reads/operators.ts';
import { operatorStore } from '../../db/stores/operators.ts';
import { operation } from '../operation.ts';
import { ById, Reason } from '../schemas/common.ts';
import { Operator } from '../schemas/operator.ts';

export const deactivateOperator = operation({
  method: 'post',
  path: '/operators/{id}/deactivation',
  summary: 'Deactivate an operator: they can do nothing from their next call on; approvals given before count',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  body: z.strictObject({ reason: Reason }),
  response: Operator,
  refusals: ['own_rights', 'last_administrator'],
  handle: async ({ params, body, actor }, { db }) => {
    await assertOperator(db, actor, params.id);
    await operatorStore(db).deactivate({ by: actor, id: params.id, ...body });
    return operatorDetail(db, actor, params.id, 'operator.manage');
  },
});
