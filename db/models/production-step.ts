import { Model } from 'objection';

import type { ProductionStep, StepState } from '../../domain/production.ts';

/** A line of the journal of a card. */
export class ProductionStepRow extends Model {
  static override tableName = 'production_steps';
  static override jsonAttributes = ['detail'];
  static override idColumn = ['productionId', 'position'];

  declare productionId: string;
  declare position: number;
  declare step: ProductionStep;
  declare state: StepState;
  declare detail: Record<string, unknown>;
  declare attempts: number;
  declare startedAt: Date | null;
  declare endedAt: Date | null;
}
