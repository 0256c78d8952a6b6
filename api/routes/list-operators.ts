import { listOperators as read } from '../../db/reads/operators.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { page } from '../schemas/common.ts';
import { Operator, OperatorFilter } from '../schemas/operator.ts';

export const listOperators = operation({
  method: 'get',
  path: '/operators',
  summary: 'Operators who work or worked in units I see, by family name',
  permission: 'operator.read',
  query: OperatorFilter,
  response: page(Operator).meta({ id: 'OperatorPage' }),
  handle: ({ query, actor }, { db }) => read(db, actor, given(query)),
});
