import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { resume } from '../../workflows/request-messages.ts';
import { operation } from '../operation.ts';
import { updateRequest } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { RequestDetail, StationInput } from '../schemas/request.ts';

export const resumeProduction = operation({
  method: 'post',
  path: '/requests/{id}/production/resumption',
  summary: 'Go on with a stopped production, at the same station or another',
  permission: 'device.produce',
  params: ById,
  body: StationInput,
  response: RequestDetail,
  handle: async ({ params: { id }, body: { stationId }, actor, idempotencyKey }, services) => {
    await assertVisible(services.db, actor, 'device.produce', { table: 'requests', id });
    await assertVisible(services.db, actor, 'device.produce', { table: 'stations', id: stationId });
    await updateRequest(services, { id, update: resume, args: [{ stationId, by: actor.id }], updateId: idempotencyKey });
    return requestDetail(services.db, actor, id);
  },
});
