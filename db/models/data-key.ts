import { Model } from 'objection';

/** A data key under the wrapping key of the HSM. */
export class DataKey extends Model {
  static override tableName = 'data_keys';

  declare id: string;
  declare purpose: 'codes' | 'payload';
  declare wrapped: Buffer;
  declare wrappingKey: string;
  /** The newest of its purpose. */
  declare current: boolean;
  /** From when on new values are sealed with it. */
  declare usableFrom: Date;
  declare createdAt: Date;
}
