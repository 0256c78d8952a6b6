import { unitDetail } from '../../db/reads/unit-detail.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { UnitDetail } from '../schemas/unit.ts';

export const readUnit = operation({
  method: 'get',
  path: '/units/{id}',
  summary: 'An organisation unit, with its figures and what I may do with it',
  permission: 'unit.read',
  params: ById,
  response: UnitDetail,
  handle: ({ params, actor }, { db }) => unitDetail(db, actor, params.id),
});
