import { refOf } from '../../domain/actor.ts';
import { assertSessionVisible } from '../../db/reads/sessions.ts';
import { sessionStore } from '../../db/stores/sessions.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';

export const endSession = operation({
  method: 'delete',
  path: '/sessions/{id}',
  summary: 'End a session of somebody: their next call is refused',
  permission: 'session.manage',
  stepUp: true,
  params: ById,
  handle: async ({ params: { id }, actor }, { db }) => {
    await assertSessionVisible(db, actor, id);
    await sessionStore(db).end({ by: refOf(actor), id });
  },
});
