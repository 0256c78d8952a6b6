import { refOf } from '../../domain/actor.ts';
import { currentFields } from '../../db/reads/fields.ts';
import { holderDetail } from '../../db/reads/holders.ts';
import { assertUnit } from '../../db/reads/visible-to.ts';
import { holderStore } from '../../db/stores/holders.ts';
import { refusal } from '../errors.ts';
import { checkedHolder, shownHolder } from '../field-rules.ts';
import { operation } from '../operation.ts';
import { Holder, HolderCreate } from '../schemas/holder.ts';

export const createHolder = operation({
  method: 'post',
  path: '/holders',
  summary: 'Register a person',
  permission: 'holder.create',
  body: HolderCreate,
  response: Holder,
  status: 201,
  handle: async ({ body: { unitId, ...body }, actor, newId }, { db }) => {
    await assertUnit(db, actor, 'holder.create', unitId);
    const fields = await currentFields(db);
    const data = checkedHolder(body, '', fields.set);
    const holders = holderStore(db);
    const existing = await holders.findByTaxCode({ unitId, taxCode: data.taxCode });
    if (existing && existing.id !== newId)
      throw refusal('duplicate', 'This person is registered here already. Open the record and edit it.', { existing: existing.id });
    const { id } = await holders.create({ by: refOf(actor), id: newId, unitId, data, fields });
    return shownHolder(await holderDetail(db, actor, id), fields.set);
  },
});
