import { refOf } from '../../domain/actor.ts';
import { assertParent, unitDetail } from '../../db/reads/unit-detail.ts';
import { unitStore } from '../../db/stores/units.ts';
import { operation } from '../operation.ts';
import { UnitCreate, UnitDetail } from '../schemas/unit.ts';

export const createUnit = operation({
  method: 'post',
  path: '/units',
  summary: 'Make a unit below another; it is open',
  permission: 'unit.manage',
  stepUp: true,
  body: UnitCreate,
  response: UnitDetail,
  status: 201,
  handle: async ({ body: { parentId, ...data }, actor, newId: id }, { db }) => {
    await assertParent(db, actor, parentId);
    await unitStore(db).create({ by: refOf(actor), id, parentId, data });
    return unitDetail(db, actor, id);
  },
});
