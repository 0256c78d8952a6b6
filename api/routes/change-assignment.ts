import { assignmentDetail, operatorOfAssignment } from '../../db/reads/operators.ts';
import { assignmentStore } from '../../db/stores/assignments.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Assignment, AssignmentChange } from '../schemas/operator.ts';

export const changeAssignment = operation({
  method: 'patch',
  path: '/assignments/{id}',
  summary: 'Change how far a role of an operator reaches, or renew it: from when until when it counts',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  body: AssignmentChange,
  response: Assignment,
  edits: true,
  refusals: ['own_rights', 'beyond_own_rights', 'last_administrator'],
  handle: async ({ params: { id }, body: terms, actor, ifMatch: version }, { db }) => {
    const operatorId = await operatorOfAssignment(db, actor, id);
    await assignmentStore(db).change({ by: actor, operatorId, id, version, terms });
    return assignmentDetail(db, id);
  },
});
