import { refOf } from '../../domain/actor.ts';
import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { amendmentStore } from '../../db/stores/amendments.ts';
import { fieldsOfRequest } from '../../db/stores/field-sets.ts';
import { requestStore } from '../../db/stores/requests.ts';
import { amend } from '../../workflows/request-messages.ts';
import { checkedExtra, checkedHolder } from '../field-rules.ts';
import { operation } from '../operation.ts';
import { updateRequest } from '../processes.ts';
import { ById } from '../schemas/common.ts';
import { AmendmentInput, RequestDetail } from '../schemas/request.ts';

export const amendRequest = operation({
  method: 'post',
  path: '/requests/{id}/amendments',
  summary: 'Change the data of a request; approvals given so far are void',
  permission: 'request.amend',
  params: ById,
  body: AmendmentInput,
  response: RequestDetail,
  edits: true,
  handle: async ({ params: { id }, body, actor, ifMatch, idempotencyKey, newId }, services) => {
    const { db } = services;
    await assertVisible(db, actor, 'request.amend', { table: 'requests', id });
    const { set } = await fieldsOfRequest(db, id);
    const edit = { data: checkedHolder(body.data, '/data', set), extra: checkedExtra(body.extra, set), reason: body.reason };
    const amendments = amendmentStore(db);
    const by = refOf(actor);
    const { amendmentId } = await amendments.plan({ ...edit, by, amendmentId: newId, requestId: id, version: ifMatch });
    // A draft has no process yet: nobody has approved anything that could become void.
    if ((await requestStore(db).load(id)).state === 'draft') await amendments.apply({ by, amendmentId });
    else await updateRequest(services, { id, update: amend, args: [{ amendmentId, by: actor.id }], updateId: idempotencyKey });
    return requestDetail(db, actor, id);
  },
});
