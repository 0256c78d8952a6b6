import { passkeyStore } from '../../db/stores/passkeys.ts';
import { refOf } from '../../domain/actor.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';

export const removePasskey = operation({
  method: 'delete',
  path: '/account/passkeys/{id}',
  summary: 'Remove one of my passkeys',
  permission: 'signed_in',
  stepUp: true,
  params: ById,
  handle: ({ params: { id }, actor, identity: { accountId } }, { db }) => passkeyStore(db).remove({ by: refOf(actor), accountId, id }),
});
