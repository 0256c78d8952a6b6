import { z } from 'zod';

import { currentFields } from '../../db/reads/fields.ts';
import { listHolders as read } from '../../db/reads/holders.ts';
import { fieldChoices, listed } from '../field-rules.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { Page, page, Search } from '../schemas/common.ts';
import { FieldQuery } from '../schemas/field.ts';
import { Holder } from '../schemas/holder.ts';

export const listHolders = operation({
  method: 'get',
  path: '/holders',
  summary: 'People I see',
  permission: 'holder.read',
  query: z.strictObject({ search: Search, field: FieldQuery, ...Page }),
  response: page(Holder).meta({ id: 'HolderPage' }),
  handle: async ({ query: { field, ...query }, actor }, { db }) => {
    const { set } = await currentFields(db);
    const { items, next } = await read(db, actor, { ...given(query), fields: fieldChoices(set, field, ['holder']) });
    return { items: items.map((holder) => ({ ...holder, extra: listed(set, holder.extra) })), next };
  },
});
