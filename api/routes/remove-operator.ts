import { z } from 'zod';

import { assertOperator, operatorDetail } from '../../db/reads/operators.ts';
import { operatorStore } from '../../db/stores/operators.ts';
import { operation } from '../operation.ts';
import { ById, Reason } from '../schemas/common.ts';
import { Operator } from '../schemas/operator.ts';

export const removeOperator = operation({
  method: 'post',
  path: '/operators/{id}/removal',
  summary: 'Remove an operator for good: roles, password, sessions and API keys end; the person stays in the books',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  body: z.strictObject({ reason: Reason }),
  response: Operator,
  refusals: ['own_rights', 'last_administrator'],
  handle: async ({ params, body, actor }, { db }) => {
    await assertOperator(db, actor, params.id);
    await operatorStore(db).remove({ by: actor, id: params.id, ...body });
    return operatorDetail(db, actor, params.id, 'operator.manage');
  },
});
