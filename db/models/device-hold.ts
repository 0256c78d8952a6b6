import { Model } from 'objection';

import type { HoldCause } from '../../domain/device-state.ts';

/** One reason for which a device is suspended. */
export class DeviceHold extends Model {
  static override tableName = 'device_holds';

  declare id: string;
  declare deviceId: string;
  declare cause: HoldCause;
  declare comment: string;
  declare placedByKind: string;
  declare placedBy: string;
  declare placedAt: Date;
  declare liftedBy: string | null;
  declare liftedAt: Date | null;
}
