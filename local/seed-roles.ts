import type { Knex } from 'knex';

import { offeredIn, roleCodes, roleNames, shippedRoles } from '../domain/permissions.ts';
import { shippedRules } from '../domain/separation.ts';
import { seedId } from './seed-id.ts';

/** The shipped roles are those of this release; where they are offered, and roles of the organisation's own, are left alone. */
export async function seedRoles(trx: Knex.Transaction): Promise<void> {
  for (const code of roleCodes) {
    await trx.raw(
      `insert into roles (code, name_en, name_it, permissions, offered_in, shipped) values (?, ?, ?, ?, ?, true)
       on conflict (code) do update set name_en = excluded.name_en, name_it = excluded.name_it, permissions = excluded.permissions
       where roles.shipped and (roles.name_en, roles.name_it, roles.permissions) is distinct from (excluded.name_en, excluded.name_it, excluded.permissions)`,
      [code, roleNames[code].en, roleNames[code].it, [...shippedRoles[code]], [...offeredIn[code]]],
    );
  }
}

/** The shipped rules of separation; whether they are on is left alone. */
export async function seedSeparationRules(trx: Knex.Transaction): Promise<void> {
  for (const { kind, first, second } of shippedRules) {
    await trx.raw(
      'insert into separation_rules (id, kind, first, second, shipped) values (?, ?, ?, ?, true) on conflict (kind, first, second) do nothing',
      [seedId(`separation ${kind} ${first} ${second}`), kind, first, second],
    );
  }
}
