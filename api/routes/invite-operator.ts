import { v7 as uuid } from 'uuid';

import { assertOperator } from '../../db/reads/operators.ts';
import { operatorStore } from '../../db/stores/operators.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';

export const inviteOperator = operation({
  method: 'post',
  path: '/operators/{id}/invitation',
  summary: 'Send an operator a mail with a link, good once and for three days, by which they choose their password',
  permission: 'operator.manage',
  params: ById,
  stepUp: true,
  refusals: ['own_rights'],
  handle: async ({ params, actor }, { db }) => {
    await assertOperator(db, actor, params.id);
    await operatorStore(db).invite({ by: actor, id: params.id, mailId: uuid() });
  },
});
