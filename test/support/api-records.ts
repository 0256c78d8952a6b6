import { randomInt } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import { withLuhn } from '../../domain/luhn.ts';
import { person } from './api-organisation.ts';

/** Rows as processes would leave them, for tests that need a state and not the way to it. */
interface RequestRow {
  unitId: string;
  holderId: string;
  registeredBy: string;
  profileId: string;
  state?: string;
}

/** A request with the person's data, a draft unless said otherwise. */
export async function seedRequest(db: Knex, { state = 'draft', ...row }: RequestRow): Promise<string> {
  const id = uuid();
  const unit = await db('units').where({ id: row.unitId }).first<{ path: string }>('path');
  const data = JSON.stringify(person());
  await db('requests').insert({ id, number: `T-${id}`, ...row, state, unitPath: unit.path, model: 'desk', data, search: 'anna rossi' });
  return id;
}

export interface DeviceRows {
  deviceId: string;
  certificateId: string;
  stationId: string;
  serial: string;
}

/** The device of a request, with one certificate and the station it was made at. */
export async function seedDevice(db: Knex, { requestId, state = 'delivered' }: { requestId: string; state?: string }): Promise<DeviceRows> {
  const [deviceId, certificateId, stationId] = [uuid(), uuid(), uuid()];
  const request = (await db('requests').where({ id: requestId }).first()) as Record<string, string>;
  const { unitId, unitPath, holderId, profileId, registeredBy } = request;
  const serial = withLuhn(`6090${String(randomInt(10 ** 11)).padStart(11, '0')}`);
  await db('stations').insert({ id: stationId, code: stationId, name: 'Desk', unitId, kind: 'virtual' });
  await db('devices').insert({ id: deviceId, serial, requestId, unitId, unitPath, holderId, profileId, registeredBy, stationId, state });
  await db('requests').where({ id: requestId }).update({ deviceId });
  await db('certificate_profiles').insert({ code: 'authentication', definition: '{}' }).onConflict().ignore();
  await db('certificates').insert({
    ...{
      id: certificateId,
      requestId,
      deviceId,
      slot: 'authentication',
      profile: 'authentication',
      ca: 'main',
      clientRef: `${deviceId}/authentication`,
    },
    ...{ state: 'issued', serial: deviceId.replaceAll('-', ''), der: Buffer.from('not read here'), subject: 'CN=Anna Rossi' },
    ...{ notBefore: new Date(), notAfter: new Date(Date.now() + 86_400_000) },
  });
  return { deviceId, certificateId, stationId, serial };
}
