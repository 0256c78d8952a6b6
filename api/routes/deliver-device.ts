import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { deliver } from '../../workflows/request-messages.ts';
import { operation } from '../operation.ts';
import { updateRequest } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { RequestDetail } from '../schemas/request.ts';

export const deliverDevice = operation({
  method: 'post',
  path: '/requests/{id}/delivery',
  summary: 'Hand the device over; its holder gets the activation code by mail',
  permission: 'device.deliver',
  params: ById,
  response: RequestDetail,
  handle: async ({ params: { id }, actor, idempotencyKey }, services) => {
    await assertVisible(services.db, actor, 'device.deliver', { table: 'requests', id });
    await updateRequest(services, { id, update: deliver, args: [{ by: actor.id }], updateId: idempotencyKey });
    return requestDetail(services.db, actor, id);
  },
});
