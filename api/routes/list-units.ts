import { listUnits as read } from '../../db/reads/units.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { page } from '../schemas/common.ts';
import { Unit, UnitQuery } from '../schemas/unit.ts';

export const listUnits = operation({
  method: 'get',
  path: '/units',
  summary: 'The organisation units I see',
  permission: 'unit.read',
  query: UnitQuery,
  response: page(Unit).meta({ id: 'UnitPage' }),
  handle: ({ query, actor }, { db }) => read(db, actor, given(query)),
});
