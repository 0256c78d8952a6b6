import { Model } from 'objection';

import type { DeviceState } from '../../domain/device-state.ts';

/** A card or token, from the box to its destruction. */
export class Device extends Model {
  static override tableName = 'devices';

  declare id: string;
  declare serial: string;
  declare profileId: string | null;
  declare requestId: string | null;
  declare holderId: string | null;
  declare unitId: string;
  declare unitPath: string;
  declare registeredBy: string | null;
  declare stationId: string | null;
  declare state: DeviceState;
  declare search: string;
  declare producedAt: Date | null;
  declare deliveredAt: Date | null;
  declare activatedAt: Date | null;
  declare stateSince: Date;
  declare version: number;
  declare createdAt: Date;
  declare updatedAt: Date;
}
