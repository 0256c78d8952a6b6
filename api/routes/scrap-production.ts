import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { scrap } from '../../workflows/request-messages.ts';
import { operation } from '../operation.ts';
import { updateRequest } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { ReasonInput, RequestDetail } from '../schemas/request.ts';

export const scrapProduction = operation({
  method: 'post',
  path: '/requests/{id}/production/scrapping',
  summary: 'Give a stopped card up: it is spoiled, its certificates are revoked, and the request waits for another card',
  permission: 'device.produce',
  params: ById,
  body: ReasonInput,
  response: RequestDetail,
  handle: async ({ params: { id }, body: { reason }, actor, idempotencyKey }, services) => {
    await assertVisible(services.db, actor, 'device.produce', { table: 'requests', id });
    await updateRequest(services, { id, update: scrap, args: [{ by: actor.id, reason }], updateId: idempotencyKey });
    return requestDetail(services.db, actor, id);
  },
});
