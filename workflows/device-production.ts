import { CancellationScope, condition, getExternalWorkflowHandle, isCancellation, patched, setHandler } from '@temporalio/workflow';

import * as activities from './activities.ts';
import {
  productionStopped,
  resumeProduction,
  scrapProduction,
  type DeviceProductionInput,
  type ProductionOutcome,
} from './device-production-messages.ts';
import { problemOf, type Order } from './production-rules.ts';
import { requestWorkflowId } from './request-messages.ts';
import { startActions } from './start-actions.ts';

type Scrap = Extract<Order, { kind: 'scrap' }>;

/**
 * Makes one card: personalise, certify, write and verify, complete. Each is one activity with the step journal as its memory, so it can die
 * anywhere and continue. A problem with the card stops the production until an officer resumes or scraps it, or a day has passed.
 *
 * The compensation stands before the first step: whatever happens, a card that is not completed is cleared away, its certificates
 * revoked and its codes void.
 */
export async function deviceProduction(input: DeviceProductionInput): Promise<ProductionOutcome> {
  const { productionId, requestId, cas } = input;
  // Productions that began before go on as they began.
  const { ca, main, station } = patched('cancellation-waits') ? activities.waitedFor : activities;
  let stationId = input.stationId;
  let order: Order | undefined;
  setHandler(resumeProduction, (given) => void (order = { kind: 'resume', ...given }));
  setHandler(scrapProduction, (given) => void (order = { kind: 'scrap', ...given }));

  /** Stops until somebody decides, or the deadline does. */
  const decision = async (error: unknown): Promise<Order> => {
    order = undefined;
    // The request first: who reads in the database that the production stopped may order at once.
    await getExternalWorkflowHandle(requestWorkflowId(requestId)).signal(productionStopped, { productionId });
    const { deadlineAt } = await main.stopProduction({ productionId, problem: problemOf(error) });
    return orderBefore(deadlineAt);
  };
  const orderBefore = async (deadlineAt: string): Promise<Order> => {
    await condition(() => order !== undefined, Math.max(1, Date.parse(deadlineAt) - Date.now()));
    return order ?? { kind: 'scrap', reason: 'deadline' };
  };
  /** Answers the order to scrap the card, or does the one to go on. */
  const obey = async (given: Order): Promise<Scrap | undefined> => {
    if (given.kind === 'scrap') return given;
    stationId = given.stationId;
    await main.resumeProduction({ productionId, stationId, by: given.by });
    return undefined;
  };

  /** Repeats a step until it passes; answers the order to scrap the card if that comes instead. */
  const pass = async (step: () => Promise<unknown>): Promise<Scrap | undefined> => {
    for (;;) {
      try {
        await step();
        return undefined;
      } catch (error) {
        if (isCancellation(error)) throw error;
        const scrap = await obey(await decision(error));
        if (scrap) return scrap;
      }
    }
  };

  const steps = [
    () => station(stationId).personalise({ productionId }),
    ...cas.map((code) => () => ca(code).certify({ productionId, ca: code })),
    () => station(stationId).writeAndVerify({ productionId }),
    () => main.completeProduction({ productionId }),
  ];
  try {
    const given = input.stoppedUntil === undefined ? undefined : await obey(await orderBefore(input.stoppedUntil));
    if (given) return await clearAway(input, given);
    for (const step of steps) {
      const scrap = await pass(step);
      if (scrap) return await clearAway(input, scrap);
    }
    return { outcome: 'completed' };
  } catch (error) {
    const reason = isCancellation(error) ? 'cancelled' : 'failed';
    return CancellationScope.nonCancellable(() => clearAway(input, { kind: 'scrap', reason }));
  }
}

/** The certificates that may have been issued are looked up first: none is lost, each that exists is revoked. */
async function clearAway({ productionId, cas }: DeviceProductionInput, { reason, by }: Scrap): Promise<ProductionOutcome> {
  const { ca, main } = activities;
  for (const code of cas) await ca(code).settleCertificates({ productionId, ca: code });
  await startActions(await main.scrapProduction({ productionId, reason, ...(by !== undefined && { by }) }));
  return { outcome: 'spoiled', reason };
}
