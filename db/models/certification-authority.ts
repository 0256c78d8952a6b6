import { Model } from 'objection';

/** An embedded CA. */
export class CertificationAuthority extends Model {
  static override tableName = 'cas';
  static override idColumn = 'code';

  declare code: string;
  declare name: string;
  declare kind: string;
  declare keyLabel: string;
  /** DER. */
  declare certificate: Buffer;
  /** Counts changes of status; a CRL says which count it carries. */
  declare changes: number;
}
