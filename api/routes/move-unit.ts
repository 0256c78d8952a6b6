import { refOf } from '../../domain/actor.ts';
import { assertLeads, assertParent, unitDetail } from '../../db/reads/unit-detail.ts';
import { unitStore } from '../../db/stores/units.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { UnitDetail, UnitMove } from '../schemas/unit.ts';

export const moveUnit = operation({
  method: 'post',
  path: '/units/{id}/move',
  summary: 'Place a unit, with all below it, under another',
  permission: 'unit.manage',
  stepUp: true,
  params: ById,
  body: UnitMove,
  response: UnitDetail,
  edits: true,
  handle: async ({ params: { id }, body: { parentId }, actor, ifMatch }, { db }) => {
    await assertLeads(db, actor, id);
    await assertParent(db, actor, parentId);
    await unitStore(db).move({ by: refOf(actor), id, version: ifMatch, parentId });
    return unitDetail(db, actor, id);
  },
});
