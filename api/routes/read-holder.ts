import { holderDetail } from '../../db/reads/holders.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Holder } from '../schemas/holder.ts';

export const readHolder = operation({
  method: 'get',
  path: '/holders/{id}',
  summary: 'One person',
  permission: 'holder.read',
  params: ById,
  response: Holder,
  handle: ({ params, actor }, { db }) => holderDetail(db, actor, params.id),
});
