import { Model } from 'objection';

/** A place with a card reader. */
export class Station extends Model {
  static override tableName = 'stations';

  declare id: string;
  declare code: string;
  declare name: string;
  declare unitId: string;
  declare kind: 'virtual' | 'keychain';
  declare active: boolean;
  declare version: number;
}
