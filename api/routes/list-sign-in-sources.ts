import { z } from 'zod';

import { listSources } from '../../db/reads/identity-sources.ts';
import { operation } from '../operation.ts';
import { Source } from '../schemas/identity-source.ts';

export const listSignInSources = operation({
  method: 'get',
  path: '/sign-in-sources',
  summary: 'Directories and single sign-on, without their secrets',
  permission: 'signin.manage',
  response: z.object({ items: z.array(Source) }),
  handle: async (_, { db }) => ({ items: await listSources(db) }),
});
