import { refOf } from '../../domain/actor.ts';
import { assertLeads, unitDetail } from '../../db/reads/unit-detail.ts';
import { unitStore } from '../../db/stores/units.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { UnitDetail } from '../schemas/unit.ts';

export const closeUnit = operation({
  method: 'post',
  path: '/units/{id}/closing',
  summary:
    'Close a unit and all below it: who works there has no effect from the next call on, and requests not yet begun go to the unit above',
  permission: 'unit.manage',
  stepUp: true,
  params: ById,
  response: UnitDetail,
  edits: true,
  handle: async ({ params: { id }, actor, ifMatch }, { db }) => {
    await assertLeads(db, actor, id);
    await unitStore(db).close({ by: refOf(actor), id, version: ifMatch });
    return unitDetail(db, actor, id);
  },
});
