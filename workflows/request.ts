import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';

import type { OpenedProduction } from '../activities/requests.ts';
import { main, stationNow } from './activities.ts';
import { productionStopped } from './device-production-messages.ts';
import { entity } from './entity.ts';
import * as messages from './request-messages.ts';
import type { RequestInput, RequestProgress } from './request-messages.ts';
import { productionOf } from './request-production.ts';
import * as rules from './request-rules.ts';
import type { OpenProduction, RequestProcess } from './request-rules.ts';
import { startActions } from './start-actions.ts';

/**
 * One request from its submission to its end: approvals, production, delivery, activation.
 *
 * What may happen when is in request-rules.ts; what is stored, in the activities. Ends in a state that nothing follows.
 */
export async function request({ requestId, stationId }: RequestInput): Promise<RequestProgress> {
  const process = entity(async (): Promise<RequestProcess> => {
    const { production: open, stationId: madeAt, ...opened } = await main.openRequest({ requestId });
    if (open) await production.adopt(open);
    return { ...opened, stationId: stationId ?? madeAt ?? null, production: open ? runningProduction(open) : null };
  });
  const production = productionOf(requestId, (outcome, id) =>
    process.change((p) => (p.production?.id === id ? rules.productionEnded(p, outcome) : p)),
  );
  const answer = rules.progressOf;
  const present = () => process.now() as RequestProcess;
  let renewing = false;
  const mayRenew = () => (renewing || workflowInfo().continueAsNewSuggested) && present().production === null;
  const expire = async (p: RequestProcess) => {
    await startActions(await main.expireRequest({ requestId }));
    return rules.expired(p);
  };

  setHandler(messages.getProgress, () => rules.progressOf(present()));
  setHandler(messages.renew, () => void (renewing = true));
  setHandler(productionStopped, async ({ productionId }) => {
    await process.change((p) => rules.productionStopped(p, productionId));
  });

  process.on(messages.decide, {
    check: rules.assertMayDecide,
    work: async (p, vote) => {
      const next = rules.decided(p, vote);
      await main.recordDecision({ requestId, vote });
      return next;
    },
    answer,
  });

  process.on(messages.amend, {
    check: rules.assertMayAmend,
    work: async (p, { amendmentId, by }) => {
      const { deadlineAt } = await main.applyAmendment({ requestId, amendmentId, by });
      return rules.amended(p, by, deadlineAt);
    },
    answer,
  });

  process.on(messages.produce, {
    check: rules.assertMayProduce,
    work: async (p, { stationId, by }) => {
      const begun = await main.beginProduction({ requestId, stationId, by });
      await production.start(begun);
      return rules.producing(p, { ...begun, state: 'running' });
    },
    answer: (p) => ({ ...answer(p), productionId: p.production?.id ?? '' }),
  });

  process.on(messages.resume, {
    check: rules.assertStopped,
    work: async (p, order) => {
      await production.resume(order);
      return rules.productionResumed(p, order.stationId);
    },
    answer,
  });

  process.on(messages.scrap, {
    check: rules.assertStopped,
    work: async (p, order) => rules.productionEnded(p, await production.scrap(order)),
    answer,
  });

  process.on(messages.deliver, {
    check: rules.assertMayDeliver,
    ripe: (p) => p.production?.state !== 'running',
    work: async (p, { by }) => rules.delivered(p, (await main.deliverDevice({ requestId, by })).deadlineAt),
    answer,
  });

  process.on(messages.sendNewCode, {
    check: rules.assertMaySendCode,
    work: async (p, { by, key }) => {
      await main.sendNewActivationCode({ requestId, by, key });
      return p;
    },
    answer,
  });

  process.on(messages.activate, {
    check: rules.assertMayActivate,
    work: async (p, { holderId, chosenPinId }) => {
      await stationNow(p.stationId ?? '').setChosenPin({ requestId, chosenPinId, stationId: p.stationId ?? '' });
      await main.activateDevice({ requestId, holderId });
      return rules.activated(p);
    },
    answer,
  });

  process.on(messages.cancel, {
    check: rules.assertMayCancel,
    work: async (p, { by, reason }) => {
      const settled = p.production ? rules.productionEnded(p, await production.cancel()) : p;
      await startActions(await main.cancelRequest({ requestId, by, reason }));
      return rules.cancelled(settled);
    },
    answer,
  });

  await process.loaded;
  while (!rules.hasEnded(present())) {
    const due = present().deadlineAt;
    await untilDue(due, () => present().deadlineAt !== due || rules.hasEnded(present()) || mayRenew());
    if (due !== null && Date.parse(due) <= Date.now()) await process.change((p) => (p.deadlineAt === due ? expire(p) : p));
    else if (mayRenew() && (await condition(allHandlersFinished, '1 minute')) && mayRenew()) return renewed(requestId, present());
  }
  await condition(allHandlersFinished);
  return answer(present());
}

const runningProduction = ({ id, deviceId, n, stationId, stoppedUntil }: OpenedProduction): OpenProduction => ({
  ...{ id, deviceId, n, stationId },
  state: stoppedUntil === undefined ? 'running' : 'stopped',
});

/** From the row again. */
const renewed = (requestId: string, { stationId }: RequestProcess): Promise<never> =>
  continueAsNew<typeof request>({ v: 1, requestId, ...(stationId !== null && { stationId }) });

/** Waits for the change or, if there is one, the deadline: a point in time, so a replay or a new run waits for the same moment. */
async function untilDue(due: string | null, changed: () => boolean): Promise<void> {
  if (due === null) await condition(changed);
  else await condition(changed, Math.max(1, Date.parse(due) - Date.now()));
}
