import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { decide } from '../../workflows/request-messages.ts';
import { operation } from '../operation.ts';
import { updateRequest } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { DecisionInput, RequestDetail } from '../schemas/request.ts';

export const decideRequest = operation({
  method: 'post',
  path: '/requests/{id}/decisions',
  summary: 'Approve or reject a request; never one that I registered or that is for me',
  permission: 'request.decide',
  params: ById,
  body: DecisionInput,
  response: RequestDetail,
  handle: async ({ params: { id }, body, actor, idempotencyKey }, services) => {
    await assertVisible(services.db, actor, 'request.decide', { table: 'requests', id });
    await updateRequest(services, { id, update: decide, args: [{ ...body, by: actor.id }], updateId: idempotencyKey });
    return requestDetail(services.db, actor, id);
  },
});
