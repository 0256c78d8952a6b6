import { z } from 'zod';

import { fieldHistory } from '../../db/reads/fields.ts';
import { operation } from '../operation.ts';
import { FieldHistoryEntry } from '../schemas/field.ts';

export const listFieldHistory = operation({
  method: 'get',
  path: '/fields/history',
  summary: 'Who changed the fields and when',
  permission: 'field.manage',
  response: z.object({ items: z.array(FieldHistoryEntry) }),
  handle: async (_, { db }) => ({ items: await fieldHistory(db) }),
});
