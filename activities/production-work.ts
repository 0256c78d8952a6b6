import { Context } from '@temporalio/activity';

import type { ProductionStepStore } from '../db/stores/production-steps.ts';
import type { ProductionStore, ProductionWithSteps } from '../db/stores/productions.ts';
import type { RequestForWork } from '../db/stores/request-for-work.ts';
import type { RequestProgressStore } from '../db/stores/request-progress.ts';
import type { RequestStore } from '../db/stores/requests.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { RequestWait } from '../domain/request-state.ts';
import { journalOf, type Journal } from './journal.ts';
import { retrying } from './waiting.ts';

/** What the steps of a production read and write. */
export interface ProductionRecords {
  productions: ProductionStore;
  steps: ProductionStepStore;
  requests: RequestStore;
  progress: RequestProgressStore;
}

export interface ProductionWork {
  production: ProductionWithSteps;
  request: RequestForWork;
  journal: Journal;
}

/**
 * Runs one activity of a production. While it waits for what comes back by itself, the request says for what and when it is tried again;
 * when it goes on, it no longer says so.
 */
export async function onProduction<T>(
  records: ProductionRecords,
  productionId: string,
  work: (work: ProductionWork) => Promise<T>,
): Promise<T> {
  const { productions, steps, requests, progress } = records;
  const production = await productions.get(productionId);
  const id = production.requestId;
  const request = await requests.load(id);
  const result = await retrying(
    () => work({ production, request, journal: journalOf(steps, productionId) }),
    ({ code, detail, nextAttemptAt }) => progress.setWaiting({ id, waitsFor: waitOf(code), nextAttemptAt, problem: { code, detail } }),
  );
  if (Context.current().info.attempt > 1) await progress.setWaiting({ id, waitsFor: 'system', nextAttemptAt: null, problem: null });
  return result;
}

const waitOf = (code: ErrorCode): RequestWait => (code.startsWith('hsm_') ? 'hsm' : code === 'unavailable' ? 'ca' : 'system');
