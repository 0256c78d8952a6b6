import { assertOperator, assignmentDetail } from '../../db/reads/operators.ts';
import { assignmentStore } from '../../db/stores/assignments.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { Assignment, AssignmentInput } from '../schemas/operator.ts';

export const grantAssignment = operation({
  method: 'post',
  path: '/operators/{id}/assignments',
  summary: 'Give an operator a role in a unit, for a time if wished: at most what I hold myself, in my units',
  permission: 'operator.manage',
  stepUp: true,
  params: ById,
  body: AssignmentInput,
  response: Assignment,
  status: 201,
  refusals: ['duplicate', 'own_rights', 'beyond_own_rights'],
  handle: async ({ params, body, actor, newId: id }, { db }) => {
    await assertOperator(db, actor, params.id);
    return assignmentDetail(db, await assignmentStore(db).grant({ by: actor, operatorId: params.id, assignment: { ...body, id } }));
  },
});
