import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { Device } from '../models/device.ts';
import { Station } from '../models/station.ts';
import { transaction } from '../transaction.ts';
import { lockRequest } from './request-approval.ts';
import { found, searchText } from './rows.ts';

export type NewStation = Pick<Station, 'id' | 'code' | 'name' | 'unitId' | 'kind'> & { by: ActorRef };

export interface Reserved {
  deviceId: string;
  serial: string;
}

/** Stations and their stock of blank devices. */
export const stationStore = (knex: Knex) => ({
  create: ({ by, ...station }: NewStation): Promise<{ id: string }> =>
    transaction(knex, by, async (trx) => {
      await Station.query(trx).insert(station).onConflict('id').ignore();
      return { id: station.id };
    }),

  get: async (id: string): Promise<Station> => found(await Station.query(knex).findById(id), 'station'),

  /** A blank device comes into stock; known by its serial it is left as it is. */
  addBlank: ({ by, id, serial, stationId }: { by: ActorRef; id: string; serial: string; stationId: string }): Promise<{ id: string }> =>
    transaction(knex, by, async (trx) => {
      const unit = await unitOf(trx, stationId);
      await Device.query(trx)
        .insert({ id, serial, stationId, ...unit, state: 'in_stock', search: searchText(serial) })
        .onConflict('serial')
        .ignore();
      return { id: found(await Device.query(trx).findOne({ serial }), 'device').id };
    }),

  /** Keeps one blank device of the station for the request; the one it has already if there is one. `stock_empty` if none is left. */
  reserveDevice: ({ by, requestId, stationId }: { by: ActorRef; requestId: string; stationId: string }): Promise<Reserved> =>
    transaction(knex, by, (trx) => reserveDevice(trx, requestId, stationId)),
});

async function unitOf(trx: Knex, stationId: string): Promise<{ unitId: string; unitPath: string }> {
  const unit = await trx('stations as s')
    .join('units as u', 'u.id', 's.unit_id')
    .where('s.id', stationId)
    .forKeyShare('u') // the unit does not move before the device has its path
    .first<{ unitId: string; unitPath: string } | undefined>('u.id as unit_id', 'u.path as unit_path');
  return found(unit, 'station');
}

/** See `stationStore.reserveDevice`. Several at once never wait for, nor get, the same device. */
export async function reserveDevice(trx: Knex, requestId: string, stationId: string): Promise<Reserved> {
  const request = await lockRequest(trx, requestId);
  if (request.deviceId) return reserved(found(await Device.query(trx).findById(request.deviceId), 'device'));
  const blank = await Device.query(trx)
    .where({ stationId, state: 'in_stock' })
    .orderBy('createdAt')
    .limit(1) // first() alone would lock the whole stock
    .first()
    .forUpdate()
    .skipLocked();
  if (!blank) throw failure('stock_empty', 'No blank device is left at this station. Bring new ones into stock or choose another station.');
  await trx('devices')
    .where({ id: blank.id })
    .update({
      ...{ state: 'reserved', stateSince: new Date(), requestId, holderId: request.holderId, profileId: request.profileId },
      ...{ unitId: request.unitId, unitPath: request.unitPath, registeredBy: request.registeredBy },
      search: searchText(blank.serial, request.search),
    });
  await trx('requests').where({ id: requestId }).update({ deviceId: blank.id });
  return reserved(blank);
}

const reserved = ({ id, serial }: Device): Reserved => ({ deviceId: id, serial });

/** Gives a device that was reserved but not begun back to the stock: it belongs to the unit of its station again. */
export async function releaseReserved(trx: Knex, requestId: string): Promise<void> {
  const device = await Device.query(trx).findOne({ requestId, state: 'reserved' }).forUpdate();
  if (!device?.stationId) return;
  await trx('requests').where({ id: requestId, deviceId: device.id }).update({ deviceId: null });
  await trx('devices')
    .where({ id: device.id })
    .update({
      ...{ state: 'in_stock', stateSince: new Date(), requestId: null, holderId: null, profileId: null, registeredBy: null },
      ...(await unitOf(trx, device.stationId)),
      search: searchText(device.serial),
    });
}
