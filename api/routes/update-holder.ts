import { refOf } from '../../domain/actor.ts';
import { noFields } from '../../domain/field-definition.ts';
import { currentFields } from '../../db/reads/fields.ts';
import { holderDetail } from '../../db/reads/holders.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { holderStore } from '../../db/stores/holders.ts';
import { checkedHolder, shownHolder } from '../field-rules.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Holder, HolderPatch } from '../schemas/holder.ts';

export const updateHolder = operation({
  method: 'patch',
  path: '/holders/{id}',
  summary: 'Correct the data of a person; requests keep the data they were approved with',
  permission: 'holder.update',
  params: ById,
  body: HolderPatch,
  response: Holder,
  edits: true,
  handle: async ({ params, body, actor, ifMatch }, { db }) => {
    await assertVisible(db, actor, 'holder.update', { table: 'holders', id: params.id });
    const current = await currentFields(db);
    const fields = body.extra ? current : noFields;
    const data = checkedHolder({ ...body, extra: body.extra ?? {} }, '', fields.set);
    await holderStore(db).update({ by: refOf(actor), id: params.id, version: ifMatch, data, fields });
    return shownHolder(await holderDetail(db, actor, params.id), current.set);
  },
});
