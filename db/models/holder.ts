import { Model } from 'objection';

import type { HolderData } from '../../domain/holder.ts';

/** A person for whom devices are made. */
export class Holder extends Model {
  static override tableName = 'holders';
  static override jsonAttributes = ['document', 'attributes'];

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
  declare attributes: Record<string, unknown>;
  declare locale: 'it' | 'en';
  declare registeredBy: string;
  declare version: number;
  declare createdAt: Date;
  declare updatedAt: Date;
}
