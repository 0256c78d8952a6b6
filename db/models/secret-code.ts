import { Model } from 'objection';

import type { SecretCodeKind, SecretCodeState } from '../../domain/secret-code-state.ts';

/** A PIN, PUK or activation code, encrypted. */
export class SecretCode extends Model {
  static override tableName = 'secret_codes';

  declare id: string;
  declare kind: SecretCodeKind;
  declare deviceId: string;
  declare requestId: string;
  declare state: SecretCodeState;
  /** AES-256-GCM under the data key; null once used or void. */
  declare ciphertext: Buffer | null;
  declare keyId: string;
  declare failures: number;
  declare expiresAt: Date | null;
  declare createdAt: Date;
  declare stateSince: Date;
}
