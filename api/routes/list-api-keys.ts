import { z } from 'zod';

import { listApiKeys as read } from '../../db/reads/api-keys.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { ApiKey } from '../schemas/api-key.ts';
import { Page, page } from '../schemas/common.ts';

export const listApiKeys = operation({
  method: 'get',
  path: '/api-keys',
  summary: 'API keys: mine, and those of the units I manage; newest first',
  permission: 'api_key.manage',
  query: z.strictObject(Page),
  response: page(ApiKey).meta({ id: 'ApiKeyPage' }),
  handle: ({ query, actor }, { db }) => read(db, actor, given(query)),
});
