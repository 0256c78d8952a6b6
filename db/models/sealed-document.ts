import { Model } from 'objection';

/** A document that can be taken out once. */
export class SealedDocument extends Model {
  static override tableName = 'sealed_documents';

  declare id: string;
  declare kind: 'pin_mailer';
  declare deviceId: string;
  declare envelope: string;
  declare ciphertext: Buffer | null;
  declare keyId: string;
  declare createdAt: Date;
  declare printedAt: Date | null;
  declare printedBy: string | null;
}
