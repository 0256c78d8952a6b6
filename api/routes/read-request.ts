import { requestDetail } from '../../db/reads/request-detail.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { RequestDetail } from '../schemas/request.ts';

export const readRequest = operation({
  method: 'get',
  path: '/requests/{id}',
  summary: 'One request: data, approvals, what it waits for, its card, and what I may do now',
  permission: 'request.read',
  params: ById,
  response: RequestDetail,
  handle: ({ params, actor }, { db }) => requestDetail(db, actor, params.id),
});
