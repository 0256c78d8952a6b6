import { activateAtPortal } from '../activation.ts';
import { enter } from '../auth/enter.ts';
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
  refusals: ['too_many_attempts', 'duplicate', 'pin_blocked', 'second_factor_needed'],
  handle: async ({ body, client, idempotencyKey }, services) => {
    const account = await activateAtPortal(services, body, { client, updateId: idempotencyKey });
    return enter(services, { accountId: account.id, methods: ['pwd'] }, client);
  },
});
