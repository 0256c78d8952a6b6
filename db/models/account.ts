import { Model } from 'objection';

/** Who signs in: an operator or a holder. */
export class Account extends Model {
  static override tableName = 'accounts';

  declare id: string;
  declare login: string;
  /** Null: signs in by other means, or not yet. */
  declare passwordHash: string | null;
  declare operatorId: string | null;
  declare holderId: string | null;
  /** Who signs in through this source, and there only: no password counts. */
  declare identitySourceId: string | null;
  /** What names them in it. */
  declare identitySubject: string | null;
  declare passwordChangedAt: Date;
  declare createdAt: Date;
}
