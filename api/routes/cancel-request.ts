import { refOf } from '../../domain/actor.ts';
import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { requestProgressStore } from '../../db/stores/request-progress.ts';
import { requestStore } from '../../db/stores/requests.ts';
import { cancel } from '../../workflows/request-messages.ts';
import { operation } from '../operation.ts';
import { updateRequest } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { ReasonInput, RequestDetail } from '../schemas/request.ts';

export const cancelRequest = operation({
  method: 'post',
  path: '/requests/{id}/cancellation',
  summary: 'Cancel a request; a card made for it is revoked',
  permission: 'request.cancel',
  params: ById,
  body: ReasonInput,
  response: RequestDetail,
  handle: async ({ params: { id }, body: { reason }, actor, idempotencyKey }, services) => {
    const { db } = services;
    await assertVisible(db, actor, 'request.cancel', { table: 'requests', id });
    const by = refOf(actor);
    // A draft has no process yet.
    if ((await requestStore(db).load(id)).state === 'draft') await requestProgressStore(db).cancel({ by, id, reason });
    else await updateRequest(services, { id, update: cancel, args: [{ by, reason }], updateId: idempotencyKey });
    return requestDetail(db, actor, id);
  },
});
