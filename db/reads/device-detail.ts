import type { Knex } from 'knex';

import { sees, type Actor } from '../../domain/actor.ts';
import { revocable, suspendable, type DeviceState } from '../../domain/device-state.ts';
import type { Permission } from '../../domain/permissions.ts';
import { certificatesOf } from './certificates.ts';
import { deviceRows, toDeviceSummary, type DeviceRow } from './devices.ts';
import { iso } from './requests.ts';
import { notFound, ownership, visibleTo } from './visible-to.ts';

/** Everything that the page of a device shows. `not_found` when hidden. */
export async function deviceDetail(knex: Knex, actor: Actor, id: string) {
  const query = visibleTo(deviceRows(knex), actor, 'device.read', ownership('devices'));
  const row = (await query.where('devices.id', id).first()) as DeviceRow | undefined;
  if (!row) throw notFound();
  const [holds, certificates, request] = await Promise.all([
    holdsOf(knex, id),
    certificatesOf(knex, { deviceId: id }),
    requestOf(knex, row.requestId),
  ]);
  const open = holds.some((h) => h.liftedAt === null);
  return {
    ...toDeviceSummary(row),
    holds,
    certificates,
    request,
    may: mayDo(actor, row, open),
  };
}

async function requestOf(knex: Knex, id: string | null): Promise<{ id: string; number: string } | null> {
  if (!id) return null;
  return ((await knex('requests').where({ id }).first('id', 'number')) as { id: string; number: string } | undefined) ?? null;
}

function mayDo(actor: Actor, row: DeviceRow, held: boolean) {
  const state = row.state as DeviceState;
  const can = (permission: Permission) => sees(actor, permission, row);
  return {
    suspend: suspendable.includes(state) && can('device.suspend'),
    reactivate: held && state === 'suspended' && can('device.reactivate'),
    revoke: revocable.includes(state) && can('device.revoke'),
  };
}

/** The ledger of holds of a device, newest first. */
export async function holdsOf(knex: Knex, deviceId: string) {
  const { rows } = (await knex.raw(
    `select h.id, h.cause, h.comment, h.placed_at, h.lifted_at, h.placed_by_kind,
            coalesce(o.given_name || ' ' || o.family_name, p.given_name || ' ' || p.family_name, 'smartCMS') as placed_by,
            l.given_name || ' ' || l.family_name as lifted_by
     from device_holds h
     left join operators o on o.id = h.placed_by and h.placed_by_kind = 'operator'
     left join holders p on p.id = h.placed_by and h.placed_by_kind = 'holder'
     left join operators l on l.id = h.lifted_by
     where h.device_id = ? order by h.placed_at desc, h.id desc`,
    [deviceId],
  )) as { rows: Record<string, unknown>[] };
  return rows.map((h) => ({
    id: h.id as string,
    cause: h.cause as string,
    comment: h.comment as string,
    placedBy: { kind: h.placed_by_kind as string, name: h.placed_by as string },
    placedAt: iso(h.placed_at),
    liftedBy: h.lifted_at ? { kind: 'operator', name: (h.lifted_by as string | null) ?? 'smartCMS' } : null,
    liftedAt: iso(h.lifted_at),
  }));
}
