import { Model } from 'objection';

import type { CertificateState } from '../../domain/certificate-state.ts';

/** A certificate of a device, from the intent on. */
export class Certificate extends Model {
  static override tableName = 'certificates';

  declare id: string;
  declare requestId: string;
  declare deviceId: string;
  declare slot: string;
  declare profile: string;
  declare ca: string;
  /** Names the order at the CA; unique for ever. */
  declare clientRef: string;
  declare csr: Buffer | null;
  declare spkiSha256: Buffer | null;
  /** Lower-case hex. */
  declare serial: string | null;
  declare subject: string | null;
  declare notBefore: Date | null;
  declare notAfter: Date | null;
  declare der: Buffer | null;
  declare state: CertificateState;
  declare stateSince: Date;
  declare revocationReason: string | null;
  declare problemDetail: string | null;
  declare createdAt: Date;
  declare version: number;
}
