import type { Knex } from 'knex';

import { withLuhn } from '../domain/luhn.ts';
import { seedId } from './seed-id.ts';
import { offices, unitId, unitPath } from './seed-units.ts';

const BLANKS_PER_STATION = 200;

const stationId = (code: string): string => seedId(`station ${code}`);

/** A virtual station in each office, with blank devices. */
export async function seedStock(trx: Knex.Transaction): Promise<void> {
  for (const [index, { code, name }] of offices.entries()) {
    await trx.raw(`insert into stations (id, code, name, unit_id, kind) values (?, ?, ?, ?, 'virtual') on conflict do nothing`, [
      stationId(code),
      `${code.toLowerCase()}-desk-1`,
      `${name}, desk 1`,
      unitId(code),
    ]);
    await seedBlanks(trx, code, index + 1);
  }
}

/** Serials are 16 digits: 6090, the station's number, the device's, a Luhn digit. One statement, as there are hundreds. */
async function seedBlanks(trx: Knex.Transaction, unit: string, station: number): Promise<void> {
  const serials = Array.from({ length: BLANKS_PER_STATION }, (_, i) =>
    withLuhn(`6090${String(station * 1_000_000 + i + 1).padStart(11, '0')}`),
  );
  await trx.raw(
    `insert into devices (id, serial, unit_id, unit_path, station_id, state, search)
     select d.id, d.serial, ?::uuid, ?::ltree, ?::uuid, 'in_stock', d.serial from unnest(?::uuid[], ?::text[]) as d (id, serial)
     on conflict do nothing`,
    [unitId(unit), unitPath(unit), stationId(unit), serials.map((serial) => seedId(`device ${serial}`)), serials],
  );
}
