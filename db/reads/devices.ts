import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { chosenPage, eachState, toPage, type PageQuery, type SortKey } from './keyset.ts';
import { iso } from './requests.ts';
import { matching } from './search.ts';
import { ownership, visibleTo } from './visible-to.ts';

export interface DeviceFilter extends PageQuery {
  state?: string[] | undefined;
  unitId?: string | undefined;
  search?: string | undefined;
  sort?: '-updatedAt' | 'serial' | undefined;
}

const sorts: Record<NonNullable<DeviceFilter['sort']>, SortKey> = {
  '-updatedAt': { column: 'devices.updated_at', id: 'devices.id', type: 'timestamptz', direction: 'desc' },
  serial: { column: 'devices.serial', id: 'devices.id', type: 'text', direction: 'asc' },
};

/** One page of the devices that the actor sees. Blank stock shows only when asked for by state. */
export async function listDevices(knex: Knex, actor: Actor, filter: DeviceFilter = {}) {
  const choices = eachState(filter.state).map((state) => chosen(knex, actor, { ...filter, state }));
  const key = sorts[filter.sort ?? '-updatedAt'];
  const rows = (await chosenPage(deviceRows(knex), { choices, key, page: filter })) as DeviceRow[];
  return toPage(rows, filter, (row) => toDeviceSummary(row as DeviceRow));
}

function chosen(knex: Knex, actor: Actor, filter: Omit<DeviceFilter, 'state'> & { state: string | undefined }): Knex.QueryBuilder {
  const query = visibleTo(knex('devices'), actor, 'device.read', ownership('devices'));
  if (filter.state) void query.where('devices.state', filter.state);
  else void query.whereNot('devices.state', 'in_stock');
  if (filter.unitId) void query.where('devices.unit_id', filter.unitId);
  return matching(query, 'devices.search', filter.search);
}

const openHolds = `(select count(*)::int from device_holds h where h.device_id = devices.id and h.lifted_at is null)`;
const pendingActions = `exists (select from certificates c join certificate_actions a on a.certificate_id = c.id
  where c.device_id = devices.id and a.published_at is null)`;

/** What a list shows of a device. */
export const deviceRows = (knex: Knex): Knex.QueryBuilder =>
  knex('devices')
    .join('units', 'units.id', 'devices.unit_id')
    .leftJoin('device_profiles', 'device_profiles.id', 'devices.profile_id')
    .leftJoin('holders', 'holders.id', 'devices.holder_id')
    .select('devices.*', {
      unitName: 'units.name',
      nameEn: 'device_profiles.name_en',
      nameIt: 'device_profiles.name_it',
      givenName: 'holders.given_name',
      familyName: 'holders.family_name',
      holds: knex.raw(openHolds),
      pending: knex.raw(pendingActions),
    });

export interface DeviceRow extends Record<string, unknown> {
  id: string;
  serial: string;
  state: string;
  unitId: string;
  unitPath: string;
  registeredBy: string | null;
  holderId: string | null;
  profileId: string | null;
  requestId: string | null;
}

export const toDeviceSummary = (d: DeviceRow) => ({
  id: d.id,
  serial: d.serial,
  holder: d.holderId ? { id: d.holderId, name: `${String(d.givenName)} ${String(d.familyName)}` } : null,
  unit: { id: d.unitId, name: d.unitName as string },
  profile: d.profileId ? { id: d.profileId, name: { en: d.nameEn as string, it: d.nameIt as string } } : null,
  state: d.state,
  stateSince: iso(d.stateSince),
  producedAt: iso(d.producedAt),
  holds: d.holds as number,
  pending: d.pending as boolean,
  version: d.version as number,
});
