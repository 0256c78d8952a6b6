import { Model } from 'objection';

/** One change of a certificate at its CA. */
export class CertificateAction extends Model {
  static override tableName = 'certificate_actions';

  declare id: string;
  declare certificateId: string;
  declare kind: 'suspension' | 'reactivation' | 'revocation';
  declare n: number;
  declare reason: string;
  declare requestedByKind: string;
  declare requestedBy: string | null;
  declare requestedAt: Date;
  declare confirmedAt: Date | null;
  declare publishedAt: Date | null;
  declare crlNumber: number | null;
  declare workflowState: 'pending_start' | 'started' | 'ended';
  declare attempts: number;
  declare nextAttemptAt: Date | null;
  declare problemDetail: string | null;
}
