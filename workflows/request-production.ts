import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { getExternalWorkflowHandle, sleep, startChild, type ChildWorkflowHandle } from '@temporalio/workflow';

import { main } from './activities.ts';
import type { deviceProduction } from './device-production.ts';
import { productionWorkflowId, resumeProduction, scrapProduction, type DeviceProductionInput } from './device-production-messages.ts';
import { startActions } from './start-actions.ts';

type Outcome = 'completed' | 'spoiled';

interface Begun extends Omit<DeviceProductionInput, 'v' | 'productionId' | 'requestId'> {
  id: string;
  n: number;
}

interface Running {
  child: ChildWorkflowHandle<typeof deviceProduction>;
  outcome: Promise<Outcome>;
}

/** The productions of one request, one at a time; `ended` hears of each how it ended. */
export function productionOf(requestId: string, ended: (outcome: Outcome, productionId: string) => Promise<unknown>) {
  let running: Running | undefined;
  const present = () => running ?? Promise.reject(new Error('no production was started in this run'));
  const start = async ({ id, n, ...input }: Begun, workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE'): Promise<void> => {
    const child = await startChild<typeof deviceProduction>('deviceProduction', {
      workflowId: productionWorkflowId(input.deviceId, n),
      workflowIdReusePolicy,
      args: [{ v: 1, productionId: id, requestId, ...input }],
    });
    const outcome = child.result().then(
      (result) => result.outcome,
      () => clearAway(id),
    );
    running = { child, outcome };
    void outcome.then((how) => ended(how, id));
  };
  return {
    start: ({ id, n, deviceId, stationId, cas }: Begun): Promise<void> => start({ id, n, deviceId, stationId, cas }, 'REJECT_DUPLICATE'),
    /**
     * Goes on with a card whose workflow was lost together with the run before this one; its journal says what is done. What is left of that
     * workflow ends with the run that was its parent, and is waited for.
     */
    async adopt(begun: Begun): Promise<void> {
      for (;;) {
        try {
          return await start(begun, 'ALLOW_DUPLICATE');
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          await sleep('2s');
        }
      }
    },
    async resume(order: { stationId: string; by: string }): Promise<void> {
      await (await present()).child.signal(resumeProduction, order);
    },
    async scrap(order: { by: string; reason: string }): Promise<Outcome> {
      const { child, outcome } = await present();
      await child.signal(scrapProduction, order);
      return outcome;
    },
    /** Ends it wherever it is. It may have completed in the meantime. */
    async cancel(): Promise<Outcome> {
      const { child, outcome } = await present();
      await getExternalWorkflowHandle(child.workflowId)
        .cancel()
        .catch(() => undefined);
      return outcome;
    },
  };
}

/** Somebody terminated the production on the Temporal server: do what it would have done itself. */
async function clearAway(productionId: string): Promise<Outcome> {
  await startActions(await main.scrapProduction({ productionId, reason: 'interrupted' }));
  return 'spoiled';
}
