import { z } from 'zod';

import { listHolders as read } from '../../db/reads/holders.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { Page, page, Search } from '../schemas/common.ts';
import { Holder } from '../schemas/holder.ts';

export const listHolders = operation({
  method: 'get',
  path: '/holders',
  summary: 'People I see',
  permission: 'holder.read',
  query: z.strictObject({ search: Search, ...Page }),
  response: page(Holder).meta({ id: 'HolderPage' }),
  handle: ({ query, actor }, { db }) => read(db, actor, given(query)),
});
