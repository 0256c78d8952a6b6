import type { Knex } from 'knex';

import { system } from '../domain/actor.ts';
import { transaction } from '../db/transaction.ts';
import { seedOperators } from './seed-operators.ts';
import { seedProfiles } from './seed-profiles.ts';
import { seedRoles, seedSeparationRules } from './seed-roles.ts';
import { seedStock } from './seed-stock.ts';
import { seedUnits } from './seed-units.ts';

export interface SeedOptions {
  knex: Knex;
  /** `production` gets the shipped roles with their rules and nothing else; the others the demonstration organisation with its public password. */
  profile: 'demo' | 'test' | 'production';
}

/** Writes what a new installation starts with. Called at every start: what is there already is left as it is, but for the shipped roles. */
export const seed = ({ knex, profile }: SeedOptions): Promise<void> =>
  transaction(knex, system, async (trx) => {
    await seedRoles(trx);
    await seedSeparationRules(trx);
    if (profile === 'production') return;
    await seedUnits(trx);
    await seedOperators(trx);
    await seedProfiles(trx);
    await seedStock(trx);
  });
