import { currentFields } from '../../db/reads/fields.ts';
import { holderDetail } from '../../db/reads/holders.ts';
import { shownHolder } from '../field-rules.ts';
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
  handle: async ({ params, actor }, { db }) => shownHolder(await holderDetail(db, actor, params.id), (await currentFields(db)).set),
});
