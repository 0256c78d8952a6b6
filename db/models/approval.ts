import { Model } from 'objection';

/** One vote. */
export class Approval extends Model {
  static override tableName = 'approvals';

  declare id: string;
  declare requestId: string;
  declare round: number;
  declare step: number;
  declare operatorId: string;
  declare verdict: 'approve' | 'reject';
  declare comment: string;
  declare decidedAt: Date;
  declare voidedAt: Date | null;
}
