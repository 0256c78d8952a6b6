import { z } from 'zod';

import { listSessions as read } from '../../db/reads/sessions.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { Session } from '../schemas/account.ts';
import { Page, page } from '../schemas/common.ts';

export const listSessions = operation({
  method: 'get',
  path: '/sessions',
  summary: 'Who is signed in now, of the operators and holders I see; newest first',
  permission: 'session.manage',
  query: z.strictObject(Page),
  response: page(Session).meta({ id: 'SessionPage' }),
  handle: ({ query, actor }, { db }) => read(db, actor, given(query)),
});
