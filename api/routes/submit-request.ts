import { refOf } from '../../domain/actor.ts';
import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { requestStore } from '../../db/stores/requests.ts';
import { operation } from '../operation.ts';
import { startRequest } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { RequestDetail } from '../schemas/request.ts';

export const submitRequest = operation({
  method: 'post',
  path: '/requests/{id}/submission',
  summary: 'Submit a draft for approval',
  permission: 'request.submit',
  params: ById,
  response: RequestDetail,
  handle: async ({ params: { id }, actor }, services) => {
    await assertVisible(services.db, actor, 'request.submit', { table: 'requests', id });
    await requestStore(services.db).submit({ by: refOf(actor), id });
    await startRequest(services, id);
    return requestDetail(services.db, actor, id);
  },
});
