import { readAccess as read } from '../../db/reads/access.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { AccessAnswer, AccessQuery } from '../schemas/access.ts';
import { ById } from '../schemas/common.ts';

export const readAccess = operation({
  method: 'get',
  path: '/operators/{id}/access',
  summary: 'Why an operator can, or cannot, do something, in a unit or with a request: the rule that decides',
  permission: 'operator.read',
  params: ById,
  query: AccessQuery,
  response: AccessAnswer,
  handle: ({ params, query, actor }, { db }) => read(db, actor, { operatorId: params.id, ...given(query) }),
});
