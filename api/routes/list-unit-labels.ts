import { unitLabels } from '../../db/reads/units.ts';
import { operation } from '../operation.ts';
import { UnitLabels } from '../schemas/unit.ts';

export const listUnitLabels = operation({
  method: 'get',
  path: '/unit-labels',
  summary: 'Categories and names of attributes that the units I see have',
  permission: 'unit.read',
  response: UnitLabels,
  handle: ({ actor }, { db }) => unitLabels(db, actor),
});
