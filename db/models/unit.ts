import { Model } from 'objection';

import type { UnitKind } from '../../domain/unit.ts';
import type { UnitData } from '../../domain/unit-data.ts';

/** An organisation unit. */
export class Unit extends Model {
  static override tableName = 'units';
  static override jsonAttributes = ['address', 'identifiers', 'attributes'];

  declare id: string;
  declare parentId: string | null;
  declare kind: UnitKind;
  declare code: string;
  declare name: string;
  declare address: UnitData['address'];
  declare category: string | null;
  declare identifiers: UnitData['identifiers'];
  declare attributes: UnitData['attributes'];
  /** ltree: the labels of all units from the root down. */
  declare path: string;
  /** False while it is closed by hand. */
  declare active: boolean;
  declare opensAt: Date | null;
  declare closesAt: Date | null;
  declare version: number;
}
