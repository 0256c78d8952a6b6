import type { Knex } from 'knex';

import type { Actor } from '../../domain/actor.ts';
import { suspendable, type DeviceState } from '../../domain/device-state.ts';
import { certificatesOf } from './certificates.ts';
import { holdsOf } from './device-detail.ts';
import { iso } from './requests.ts';

/** A holder's own devices, newest first. */
export async function portalDevices(knex: Knex, actor: Actor) {
  if (actor.kind !== 'holder') return [];
  const rows = (await knex('devices')
    .leftJoin('device_profiles', 'device_profiles.id', 'devices.profile_id')
    .where('devices.holder_id', actor.id)
    .whereNotIn('devices.state', ['in_stock', 'reserved', 'personalising', 'spoiled', 'destroyed'])
    .orderBy('devices.created_at', 'desc')
    .select('devices.*', { nameEn: 'device_profiles.name_en', nameIt: 'device_profiles.name_it' })) as Record<string, unknown>[];
  return Promise.all(rows.map((d) => toPortalDevice(knex, d)));
}

async function toPortalDevice(knex: Knex, d: Record<string, unknown>) {
  const deviceId = d.id as string;
  const [certificates, holds] = await Promise.all([certificatesOf(knex, { deviceId }), holdsOf(knex, deviceId)]);
  return {
    id: deviceId,
    serial: d.serial as string,
    profile: d.profileId ? { en: d.nameEn as string, it: d.nameIt as string } : null,
    state: d.state as string,
    stateSince: iso(d.stateSince),
    certificates,
    holds,
    may: { suspend: d.state !== 'suspended' && suspendable.includes(d.state as DeviceState) },
  };
}
