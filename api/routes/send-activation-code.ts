import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { sendNewCode } from '../../workflows/request-messages.ts';
import { operation } from '../operation.ts';
import { updateRequest } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { RequestDetail } from '../schemas/request.ts';

export const sendActivationCode = operation({
  method: 'post',
  path: '/requests/{id}/activation-code',
  summary: 'Send the holder a new activation code by mail; the one before is void',
  permission: 'device.deliver',
  params: ById,
  response: RequestDetail,
  handle: async ({ params: { id }, actor, idempotencyKey: key }, services) => {
    await assertVisible(services.db, actor, 'device.deliver', { table: 'requests', id });
    await updateRequest(services, { id, update: sendNewCode, args: [{ by: actor.id, key }], updateId: key });
    const request = await requestDetail(services.db, actor, id);
    // The wrong tries were at the code before.
    await services.attempts.forgive('activationBySerial', request.deviceSerial ?? '');
    return request;
  },
});
