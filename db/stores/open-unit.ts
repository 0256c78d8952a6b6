import type { Knex } from 'knex';

import { unitInForce } from '../reads/units-in-force.ts';

/** The unit if it is open; it neither closes nor moves before the transaction ends. */
export const openUnit = (trx: Knex, id: string): Promise<{ path: string } | undefined> =>
  trx('units').where({ id }).whereRaw(unitInForce('units')).forShare().first<{ path: string } | undefined>('path');
