import type { ProductionStepStore } from '../db/stores/production-steps.ts';
import type { ProductionStep } from '../domain/production.ts';

export interface Journal {
  /** Does a step unless it is done; only after it succeeded the journal says so. What `work` returns is kept as the step's detail. */
  pass(step: ProductionStep, work: () => Promise<object | void>): Promise<void>;
}

/** The step journal of one production. A step that died in its middle is done again, so every `work` must bear that. */
export const journalOf = (steps: ProductionStepStore, productionId: string): Journal => ({
  async pass(step, work) {
    const { state } = await steps.start({ productionId, step });
    if (state === 'done') return;
    const detail = await work();
    await steps.finish({ productionId, step, ...(detail && { detail: { ...detail } }) });
  },
});
