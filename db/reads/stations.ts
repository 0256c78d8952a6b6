import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { ownership, visibleTo } from './visible-to.ts';

/** The active stations that the actor may produce at, with their blank stock. `card` is the reader's to say. */
export async function listStations(knex: Knex, actor: Actor) {
  const query = knex('stations')
    .join('units', 'units.id', 'stations.unit_id')
    .where('stations.active', true)
    .orderBy('stations.name')
    .select('stations.*', {
      unitName: 'units.name',
      stock: knex.raw(`(select count(*)::int from devices d where d.station_id = stations.id and d.state = 'in_stock')`),
      busy: knex.raw(`exists (select from productions p where p.station_id = stations.id and p.state = 'running')`),
    });
  const rows = (await visibleTo(query, actor, 'device.produce', ownership('stations'))) as Record<string, unknown>[];
  return rows.map((s) => ({
    id: s.id as string,
    code: s.code as string,
    name: s.name as string,
    kind: s.kind as 'virtual' | 'keychain',
    unit: { id: s.unitId as string, name: s.unitName as string },
    card: null as string | null,
    stock: s.stock as number,
    busy: s.busy as boolean,
  }));
}
