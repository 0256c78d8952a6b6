import { secondFactorStore } from '../../db/stores/second-factors.ts';
import { refOf } from '../../domain/actor.ts';
import { operation } from '../operation.ts';

export const removeTotp = operation({
  method: 'delete',
  path: '/account/totp',
  summary: 'Remove my authenticator app',
  permission: 'signed_in',
  stepUp: true,
  handle: ({ actor, identity: { accountId } }, { db }) => secondFactorStore(db).removeTotp({ by: refOf(actor), accountId }),
});
