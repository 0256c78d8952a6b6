import { z } from 'zod';

import { refOf } from '../../domain/actor.ts';
import { currentFields } from '../../db/reads/fields.ts';
import { recordEvents } from '../../db/transaction.ts';
import { fieldChoices } from '../field-rules.ts';
import { given } from '../given.ts';
import { holdersAsCsv } from '../holders-csv.ts';
import { operation } from '../operation.ts';
import { Bytes, Search } from '../schemas/common.ts';
import { FieldQuery } from '../schemas/field.ts';

export const exportHolders = operation({
  method: 'get',
  path: '/holders/export',
  summary: 'People I see, as CSV (UTF-8 with a byte order mark), with the fields that are shown in files',
  permission: 'holder.read',
  query: z.strictObject({ search: Search, field: FieldQuery }),
  response: Bytes,
  responseType: 'text/csv',
  handle: async ({ query: { field, ...query }, actor, reauthorize }, { db }) => {
    const { set } = await currentFields(db);
    const filter = { ...given(query), fields: fieldChoices(set, field, ['holder']) };
    // Before the first row leaves; what was searched for may be a name and is not recorded.
    const detail = { narrowed: filter.search !== undefined || filter.fields.length > 0 };
    await recordEvents(db, refOf(actor), { kind: 'data_exported', objectType: 'operations', objectId: 'exportHolders', detail });
    return holdersAsCsv({ db, actor, set, filter, reauthorize });
  },
});
