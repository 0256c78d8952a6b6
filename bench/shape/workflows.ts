import { condition, defineUpdate, patched, proxyActivities, setHandler, startChild } from '@temporalio/workflow';

import type { ShapeActivities } from './activities.ts';

/** What a request and its production ask of Temporal, and nothing else: the same messages, steps, timers and markers, with empty steps. */
export interface ShapeInput {
  v: 1;
  id: string;
}

export const decide = defineUpdate<{ state: string; step: number }, [ShapeInput]>('decide');
export const produce = defineUpdate<{ state: string; step: number }, [ShapeInput]>('produce');

const on = (taskQueue?: string) =>
  proxyActivities<ShapeActivities>({
    startToCloseTimeout: '30s',
    heartbeatTimeout: '15s',
    ...(taskQueue !== undefined && { taskQueue }),
  });
const [main, ca, station] = [on(), on('shape-ca'), on('shape-station')];

/** A validator, as the updates of a request have one. */
function assertVersion({ v }: ShapeInput): void {
  if (v !== 1) throw new Error('this version is unknown');
}

/** Stays open afterwards, as a request whose card was not handed over yet does. */
export async function requestShape(input: ShapeInput): Promise<void> {
  let state = 'loading';
  const opened = main.openRequest(input).then(() => (state = 'pending_approval'));
  setHandler(
    decide,
    async (vote) => {
      await opened;
      await main.recordDecision(vote);
      return { state: (state = 'approved'), step: 0 };
    },
    { validator: assertVersion },
  );
  setHandler(
    produce,
    async (order) => {
      await main.beginProduction(order);
      const child = await startChild(productionShape, { workflowId: `shape/${input.id}/production/1`, args: [input] });
      void child.result().then(() => (state = 'produced'));
      return { state: (state = 'in_production'), step: 0 };
    },
    { validator: assertVersion },
  );
  await opened;
  await condition(() => state !== 'pending_approval', '3 days');
  await condition(() => false);
}

export async function productionShape(input: ShapeInput): Promise<{ outcome: string }> {
  patched('as-production-does');
  await station.personalise(input);
  await ca.certify(input);
  await station.writeAndVerify(input);
  await main.completeProduction(input);
  return { outcome: 'completed' };
}
