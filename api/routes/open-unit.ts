import { refOf } from '../../domain/actor.ts';
import { assertLeads, unitDetail } from '../../db/reads/unit-detail.ts';
import { unitStore } from '../../db/stores/units.ts';
import { operation } from '../operation.ts';
import { ById } from '../schemas/common.ts';
import { UnitDetail, UnitOpening } from '../schemas/unit.ts';

const dateOf = (time: string | null): Date | null => (time === null ? null : new Date(time));

export const openUnit = operation({
  method: 'post',
  path: '/units/{id}/opening',
  summary: 'Open a unit, now or for a time to come; outside of that time it is closed',
  permission: 'unit.manage',
  stepUp: true,
  params: ById,
  body: UnitOpening,
  response: UnitDetail,
  edits: true,
  handle: async ({ params: { id }, body, actor, ifMatch }, { db }) => {
    await assertLeads(db, actor, id);
    await unitStore(db).open({ by: refOf(actor), id, version: ifMatch, opensAt: dateOf(body.opensAt), closesAt: dateOf(body.closesAt) });
    return unitDetail(db, actor, id);
  },
});
