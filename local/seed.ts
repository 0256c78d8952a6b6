import type { Knex } from 'knex';

import { system } from '../domain/actor.ts';
import { roleCodes, roleNames, shippedRoles } from '../domain/permissions.ts';
import { transaction } from '../db/transaction.ts';
import { seedOperators } from './seed-operators.ts';
import { seedProfiles } from './seed-profiles.ts';
import { seedStock } from './seed-stock.ts';
import { seedUnits } from './seed-units.ts';

export interface SeedOptions {
  knex: Knex;
  /** `production` gets the shipped roles and nothing else; the others the demonstration organisation with its public password. */
  profile: 'demo' | 'test' | 'production';
}

/** Writes what a new installation starts with. Called at every start: what is there already is left as it is, but for the shipped roles. */
export const seed = ({ knex, profile }: SeedOptions): Promise<void> =>
  transaction(knex, system, async (trx) => {
    await seedRoles(trx);
    if (profile === 'production') return;
    await seedUnits(trx);
    await seedOperators(trx);
    await seedProfiles(trx);
    await seedStock(trx);
  });

/** The shipped roles are those of this release; roles of the organisation's own are left alone. */
async function seedRoles(trx: Knex.Transaction): Promise<void> {
  for (const code of roleCodes) {
    await trx.raw(
      `insert into roles (code, name_en, name_it, permissions, shipped) values (?, ?, ?, ?, true)
       on conflict (code) do update set name_en = excluded.name_en, name_it = excluded.name_it, permissions = excluded.permissions
       where roles.shipped and (roles.name_en, roles.name_it, roles.permissions) is distinct from (excluded.name_en, excluded.name_it, excluded.permissions)`,
      [code, roleNames[code].en, roleNames[code].it, [...shippedRoles[code]]],
    );
  }
}
