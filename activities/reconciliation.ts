import type { CertificateActionStore } from '../db/stores/certificate-actions.ts';
import type { IdempotencyStore } from '../db/stores/idempotency.ts';
import type { RequestStore } from '../db/stores/requests.ts';
import type { Finding } from '../db/stores/reconciliations.ts';
import type { SessionStore } from '../db/stores/sessions.ts';
import { system } from '../domain/actor.ts';
import { settleSuspicions } from './process-repair.ts';
import { sweep, type SweepDeps } from './process-sweep.ts';
import { startable, type StartableAction } from './startable-action.ts';

interface Deps extends SweepDeps {
  ledgerDifferences: () => Promise<Finding[]>;
  requests: RequestStore;
  actions: CertificateActionStore;
  idempotency: IdempotencyStore;
  sessions: SessionStore;
  /** See `handOverDue` of db/stores/hand-over.ts. */
  handOver: () => Promise<number>;
}

/** Younger rows are being started by who wrote them. */
const olderThanSeconds = 10;
const limit = 200;

interface Order {
  id: string;
  complete: boolean;
  repair: boolean;
}

export const reconciliationActivities = (deps: Deps) => ({
  /** Rows whose workflow was not seen to start; old idempotency keys and sessions go, and so do the requests of units whose time is over. */
  async findUnstarted(): Promise<{ requestIds: string[]; actions: StartableAction[] }> {
    const { requests, actions, idempotency, sessions, handOver } = deps;
    await idempotency.purge({ olderThanHours: 24 });
    await sessions.purgeExpired();
    await handOver();
    const waiting = await requests.unstarted({ olderThanSeconds, limit });
    return { requestIds: waiting.map((r) => r.id), actions: (await actions.unstarted({ olderThanSeconds, limit })).map(startable) };
  },

  async markStarted({ requestIds, actionIds }: { requestIds: string[]; actionIds: string[] }): Promise<void> {
    for (const id of requestIds) await deps.requests.markStarted({ id });
    for (const id of actionIds) await deps.actions.markStarted({ id });
  },

  /** The first look: notes every row whose workflow is not as it should be, and what the CA's ledger and the certificates disagree on. */
  async findDifferences({ id, complete, repair }: Order): Promise<{ checked: number }> {
    const { reconciliations, ledgerDifferences } = deps;
    await reconciliations.open({ by: system, id, complete, repair });
    if (complete) for (const finding of await ledgerDifferences()) await reconciliations.settle(id, finding, 'reported');
    return { checked: await sweep(deps, { id, complete }) };
  },

  /** The second look, some time later: what is still so is certain. */
  async settleDifferences({ checked, ...order }: Order & { checked: number }): Promise<void> {
    await settleSuspicions({ ...deps, markEnded: (id) => deps.requests.markEnded({ id }) }, order);
    await deps.reconciliations.end({ id: order.id, checked });
  },
});
