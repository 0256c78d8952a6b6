import { z } from 'zod';

import { sessionsOf } from '../../db/reads/sessions.ts';
import { operation } from '../operation.ts';
import { Session } from '../schemas/account.ts';

export const listOwnSessions = operation({
  method: 'get',
  path: '/account/sessions',
  summary: 'Where I am signed in',
  permission: 'signed_in',
  response: z.object({ items: z.array(Session) }).meta({ id: 'OwnSessions' }),
  handle: async ({ actor, identity }, { db }) => ({ items: await sessionsOf(db, actor, identity.accountId) }),
});
