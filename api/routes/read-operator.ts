import { operatorDetail } from '../../db/reads/operators.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Operator } from '../schemas/operator.ts';

export const readOperator = operation({
  method: 'get',
  path: '/operators/{id}',
  summary: 'One operator, with every assignment they have or had in units I see',
  permission: 'operator.read',
  params: ById,
  response: Operator,
  handle: ({ params, actor }, { db }) => operatorDetail(db, actor, params.id),
});
