import { closeSession } from '../auth/session.ts';
import { operation } from '../operation.ts';

/** Public: whoever has no live session any more is signed out as well. */
export const signOut = operation({
  method: 'delete',
  path: '/session',
  summary: 'Sign out: the session ends here and now',
  permission: 'public',
  handle: async ({ client }, { db }) => {
    await closeSession(db, client);
    client.session.clear();
  },
});
