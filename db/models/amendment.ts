import { Model } from 'objection';

import type { Extra, HolderData } from '../../domain/holder.ts';

/** Edited data of a request, before and after they are applied. */
export class Amendment extends Model {
  static override tableName = 'amendments';
  static override jsonAttributes = ['data', 'extra'];

  declare id: string;
  declare requestId: string;
  declare data: HolderData;
  declare extra: Extra;
  declare reason: string;
  declare operatorId: string;
  declare createdAt: Date;
  declare appliedAt: Date | null;
  /** The version that was edited; null in rows of earlier releases. */
  declare version: number | null;
}
