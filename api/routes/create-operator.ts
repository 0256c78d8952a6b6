import { v7 as uuid } from 'uuid';

import { operatorDetail } from '../../db/reads/operators.ts';
import { operatorStore } from '../../db/stores/operators.ts';
import { operation } from '../operation.ts';
import { Operator, OperatorCreate } from '../schemas/operator.ts';

export const createOperator = operation({
  method: 'post',
  path: '/operators',
  summary: 'Add an operator with their first roles: at most what I hold myself, in my units',
  permission: 'operator.manage',
  stepUp: true,
  body: OperatorCreate,
  response: Operator,
  status: 201,
  refusals: ['duplicate', 'beyond_own_rights'],
  handle: async ({ body, actor, newId: id }, { db }) => {
    const assignments = body.assignments.map((assignment) => ({ ...assignment, id: uuid() }));
    await operatorStore(db).create({ by: actor, id, accountId: uuid(), data: body.operator, assignments });
    return operatorDetail(db, actor, id, 'operator.manage');
  },
});
