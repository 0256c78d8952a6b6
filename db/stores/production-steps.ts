import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import { deviceMachine } from '../../domain/device-state.ts';
import type { ProductionStep } from '../../domain/production.ts';
import type { RequestWait } from '../../domain/request-state.ts';
import { ProductionStepRow } from '../models/production-step.ts';
import { transaction } from '../transaction.ts';
import { assertState, lockProduction } from './productions.ts';
import { setWaiting } from './request-progress.ts';
import { found, move } from './rows.ts';

export interface StoppedStep {
  productionId: string;
  step: ProductionStep;
  problem: { code: string; detail: string };
  /** When the card is given up by itself. */
  deadlineAt?: Date;
  waitsFor?: RequestWait;
}

export type ProductionStepStore = ReturnType<typeof productionStepStore>;

/** The journal of a card: a step is done once; whoever comes again goes on at the first that is not. */
export const productionStepStore = (knex: Knex) => ({
  /** `done`: skip it, `detail` says what it gave. `running`: do it (again, if `attempts` is more than 1). */
  start: ({ productionId, step }: { productionId: string; step: ProductionStep }) =>
    transaction(knex, system, async (trx) => {
      const production = await lockProduction(trx, productionId);
      const row = found(await ProductionStepRow.query(trx).findOne({ productionId, step }), 'step');
      if (row.state === 'done') return { state: row.state, attempts: row.attempts, detail: row.detail };
      assertState(production, ['running', 'stopped']);
      await resumeIfStopped(trx, production);
      if (step === 'initialise') {
        await move(trx, {
          table: 'devices',
          machine: deviceMachine,
          id: production.deviceId,
          to: 'personalising',
          set: { stateSince: new Date() },
        });
      }
      const attempts = row.attempts + 1;
      await patchStep(trx, row, { state: 'running', attempts, startedAt: row.startedAt ?? new Date(), endedAt: null });
      return { state: 'running' as const, attempts, detail: row.detail };
    }),

  finish: ({
    productionId,
    step,
    detail,
  }: {
    productionId: string;
    step: ProductionStep;
    detail?: Record<string, unknown>;
  }): Promise<void> =>
    transaction(knex, system, async (trx) => {
      const row = found(await ProductionStepRow.query(trx).findOne({ productionId, step }).forUpdate(), 'step');
      if (row.state !== 'done') await patchStep(trx, row, { state: 'done', endedAt: new Date(), ...(detail && { detail }) });
    }),

  /** The step could not be done: production and request wait for a person, and say why. */
  stop: ({ productionId, step, problem, deadlineAt, waitsFor = 'card' }: StoppedStep): Promise<void> =>
    transaction(knex, system, async (trx) => {
      const production = await lockProduction(trx, productionId);
      assertState(production, ['running', 'stopped']);
      const row = found(await ProductionStepRow.query(trx).findOne({ productionId, step }), 'step');
      if (row.state !== 'done') await patchStep(trx, row, { state: 'stopped', endedAt: new Date() });
      const stopped = { state: 'stopped', problemCode: problem.code, problemDetail: problem.detail, deadlineAt: deadlineAt ?? null };
      await trx('productions').where({ id: productionId }).update(stopped);
      await setWaiting(trx, { id: production.requestId, waitsFor, problem, deadlineAt: deadlineAt ?? null });
    }),
});

const patchStep = async (trx: Knex, { productionId, position }: ProductionStepRow, patch: Partial<ProductionStepRow>): Promise<void> => {
  await ProductionStepRow.query(trx).patch(patch).where({ productionId, position });
};

/** What stopped by itself may go on by itself: the CA or the HSM answers again. */
async function resumeIfStopped(trx: Knex, { id, requestId, state }: { id: string; requestId: string; state: string }): Promise<void> {
  if (state !== 'stopped') return;
  await trx('productions').where({ id }).update({ state: 'running', problemCode: null, problemDetail: null, deadlineAt: null });
  await setWaiting(trx, { id: requestId, waitsFor: 'system', problem: null, deadlineAt: null, nextAttemptAt: null });
}
