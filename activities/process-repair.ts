import type { Suspicion } from '../db/stores/reconciliations.ts';
import { isCertain } from '../domain/reconciliation.ts';
import { inParallel } from '../domain/in-parallel.ts';
import { lookAtAction, lookAtRequest, type SweepDeps } from './process-sweep.ts';
import { startable } from './startable-action.ts';

type Deps = SweepDeps & { markEnded: (requestId: string) => Promise<void> };

interface Order {
  id: string;
  complete: boolean;
  repair: boolean;
}

const pageSize = 500;
const atOnce = 8;

/** Looks again at what was noted. What is gone was only on its way; what is as before is certain, and is mended if that is wanted. */
export async function settleSuspicions(deps: Deps, order: Order): Promise<void> {
  const read = (after: string) => deps.reconciliations.suspicions({ id: order.id, after, limit: pageSize });
  for (let page = await read(''); page.length > 0; page = await read(page.at(-1)?.objectId ?? '')) {
    await inParallel(page, { jobs: atOnce }, (suspicion) => settle(deps, order, suspicion));
  }
}

async function settle(deps: Deps, order: Order, before: Suspicion): Promise<void> {
  const now =
    before.what === 'request' ? await lookAtRequest(deps, before.objectId, order.complete) : await lookAtAction(deps, before.objectId);
  if (!now || !isCertain(before, now)) return deps.reconciliations.drop(order.id, before);
  await deps.reconciliations.settle(order.id, now, order.repair ? await mend(deps, now) : 'reported');
}

/** Ends the run that is wrong and begins again from the row, which is the truth. */
async function mend(deps: Deps, suspicion: Suspicion): Promise<string> {
  const { what, objectId, verdict, look } = suspicion;
  if (what === 'certificate_action') return startAction(deps, objectId);
  if (verdict === 'mark') {
    await deps.markEnded(objectId);
    return 'marked as ended';
  }
  if (look.status === 'running') await deps.processes.endRequest(objectId, { runId: look.runId, reason: reasonOf(suspicion) });
  if (verdict === 'end') return 'workflow ended';
  await deps.processes.startRequest(objectId);
  return verdict === 'restart' ? 'workflow started again from the row' : 'workflow started from the row';
}

async function startAction({ openRows, processes }: Deps, id: string): Promise<string> {
  const row = await openRows.action(id);
  if (row) await processes.startAction(startable(row));
  return 'workflow started from the row';
}

const reasonOf = ({ rowState, otherState }: Suspicion): string => `the row says ${rowState ?? 'nothing'}, ${otherState}`;
