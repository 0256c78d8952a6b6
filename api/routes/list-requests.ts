import { listRequests as read } from '../../db/reads/requests.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { page } from '../schemas/common.ts';
import { RequestQuery, RequestSummary } from '../schemas/request.ts';

export const listRequests = operation({
  method: 'get',
  path: '/requests',
  summary: 'Requests I see',
  permission: 'request.read',
  query: RequestQuery,
  response: page(RequestSummary).meta({ id: 'RequestPage' }),
  handle: ({ query, actor }, { db }) => read(db, actor, given(query)),
});
