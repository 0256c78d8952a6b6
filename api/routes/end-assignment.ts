import { assignmentDetail, operatorOfAssignment } from '../../db/reads/operators.ts';
import { assignmentStore } from '../../db/stores/assignments.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Assignment } from '../schemas/operator.ts';

export const endAssignment = operation({
  method: 'post',
  path: '/assignments/{id}/end',
  summary: 'Take a role in a unit from an operator, from their next call on',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  response: Assignment,
  refusals: ['own_rights', 'beyond_own_rights', 'last_administrator'],
  handle: async ({ params: { id }, actor }, { db }) => {
    const operatorId = await operatorOfAssignment(db, actor, id);
    await assignmentStore(db).end({ by: actor, operatorId, id });
    return assignmentDetail(db, id);
  },
});
