import { refOf } from '../../domain/actor.ts';
import { sessionsOf } from '../../db/reads/sessions.ts';
import { notFound } from '../../db/reads/visible-to.ts';
import { sessionStore } from '../../db/stores/sessions.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';

export const endOwnSession = operation({
  method: 'delete',
  path: '/account/sessions/{id}',
  summary: 'End one of my sessions',
  permission: 'signed_in',
  params: ById,
  handle: async ({ params: { id }, actor, identity }, { db }) => {
    const mine = await sessionsOf(db, actor, identity.accountId);
    if (!mine.some((session) => session.id === id)) throw notFound();
    await sessionStore(db).end({ by: refOf(actor), id });
  },
});
