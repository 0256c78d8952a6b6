import { Model } from 'objection';

import type { ProductionState } from '../../domain/production.ts';

/** One attempt to make a card. */
export class Production extends Model {
  static override tableName = 'productions';

  declare id: string;
  declare requestId: string;
  declare deviceId: string;
  declare stationId: string;
  declare n: number;
  declare state: ProductionState;
  declare startedBy: string;
  declare problemCode: string | null;
  declare problemDetail: string | null;
  declare deadlineAt: Date | null;
  declare startedAt: Date;
  declare endedAt: Date | null;
  declare endingReason: string | null;
}
