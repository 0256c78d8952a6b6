import type { CertificateActionStore } from '../db/stores/certificate-actions.ts';
import type { IdempotencyStore } from '../db/stores/idempotency.ts';
import type { RequestStore } from '../db/stores/requests.ts';
import type { SessionStore } from '../db/stores/sessions.ts';
import { startable, type StartableAction } from './startable-action.ts';

interface Deps {
  requests: RequestStore;
  actions: CertificateActionStore;
  idempotency: IdempotencyStore;
  sessions: SessionStore;
}

/** Younger rows are being started by who wrote them. */
const olderThanSeconds = 10;
const limit = 200;

export const reconciliationActivities = ({ requests, actions, idempotency, sessions }: Deps) => ({
  /** Rows whose workflow was not seen to start; old idempotency keys and sessions go. */
  async findUnstarted(): Promise<{ requestIds: string[]; actions: StartableAction[] }> {
    await idempotency.purge({ olderThanHours: 24 });
    await sessions.purgeExpired();
    const waiting = await requests.unstarted({ olderThanSeconds, limit });
    return { requestIds: waiting.map((r) => r.id), actions: (await actions.unstarted({ olderThanSeconds, limit })).map(startable) };
  },

  async markStarted({ requestIds, actionIds }: { requestIds: string[]; actionIds: string[] }): Promise<void> {
    for (const id of requestIds) await requests.markStarted({ id });
    for (const id of actionIds) await actions.markStarted({ id });
  },
});
