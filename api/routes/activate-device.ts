import { describeActor } from '../../db/reads/me.ts';
import { activateAtPortal } from '../activation.ts';
import { openSession } from '../auth/session.ts';
import { operation } from '../operation.ts';
import { ActivationInput } from '../schemas/portal.ts';
import { Me } from '../schemas/session.ts';

export const activateDevice = operation({
  method: 'post',
  path: '/portal/activation',
  summary: 'Activate a delivered card with the code from the mail: chooses its PIN and a password for the portal, and signs in',
  permission: 'public',
  body: ActivationInput,
  response: Me,
  refusals: ['too_many_attempts', 'duplicate', 'pin_blocked'],
  handle: async ({ body, client, idempotencyKey }, services) => {
    const account = await activateAtPortal(services, body, { client, updateId: idempotencyKey });
    return describeActor(services.db, await openSession(services.db, { accountId: account.id, methods: ['pwd'] }, client));
  },
});
