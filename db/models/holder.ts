import { Model } from 'objection';

import type { Extra, HolderData } from '../../domain/holder.ts';

/** A person for whom devices are made. */
export class Holder extends Model {
  static override tableName = 'holders';
  static override jsonAttributes = ['document', 'extra'];

  declare id: string;
  declare unitId: string;
  declare givenName: string;
  declare familyName: string;
  /** YYYY-MM-DD. */
  declare birthDate: string;
  declare birthPlace: string;
  declare taxCode: string;
  declare email: string;
  /** Null: as it was registered. */
  declare emailSetBy: string | null;
  declare document: HolderData['document'];
  /** Values of the fields that the installation adds. */
  declare extra: Extra;
  /** Version of the definitions they were last checked by. */
  declare fieldSet: number;
  declare locale: 'it' | 'en';
  declare registeredBy: string;
  declare version: number;
  declare createdAt: Date;
  declare updatedAt: Date;
}
