import { refOf } from '../../domain/actor.ts';
import { assertManages, unitDetail } from '../../db/reads/unit-detail.ts';
import { unitStore } from '../../db/stores/units.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { UnitDetail, UnitInput } from '../schemas/unit.ts';

export const updateUnit = operation({
  method: 'patch',
  path: '/units/{id}',
  summary: 'Change what is known of a unit',
  permission: 'unit.manage',
  stepUp: true,
  params: ById,
  body: UnitInput,
  response: UnitDetail,
  edits: true,
  handle: async ({ params: { id }, body, actor, ifMatch }, { db }) => {
    await assertManages(db, actor, id);
    await unitStore(db).update({ by: refOf(actor), id, version: ifMatch, data: body });
    return unitDetail(db, actor, id);
  },
});
