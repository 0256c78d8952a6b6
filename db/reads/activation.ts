import type { Knex } from 'knex';

/** What an activation at the portal is about. */
export interface ActivationTarget {
  deviceId: string;
  requestId: string;
  holderId: string;
  /** The holder's e-mail address: the user name of the portal. */
  login: string;
}

/** The delivered device of this serial that waits for its holder; undefined for any other. No actor: whoever asks proves the code. */
export async function activationTarget(knex: Knex, serial: string): Promise<ActivationTarget | undefined> {
  return knex('devices')
    .join('holders', 'holders.id', 'devices.holder_id')
    .where({ 'devices.serial': serial, 'devices.state': 'delivered' })
    .whereNotNull('devices.request_id')
    .first<ActivationTarget | undefined>({
      deviceId: 'devices.id',
      requestId: 'devices.request_id',
      holderId: 'holders.id',
      login: 'holders.email',
    });
}
